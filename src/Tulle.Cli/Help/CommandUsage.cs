using System.CommandLine;

namespace Tulle.Cli.Help;

/// <summary>How commands, arguments and options are written in help and reference.</summary>
internal static class CommandUsage
{
    public static string Of(Command command)
    {
        string usage = command is TulleCommand ? "tulle COMMAND" : $"tulle {command.Name}";
        foreach (Argument argument in command.Arguments)
        {
            usage += $" {Of(argument)}";
        }
        return VisibleOptions(command).Any() || command is TulleCommand ? $"{usage} [OPTIONS]" : usage;
    }

    public static string Of(Argument argument)
    {
        string name = argument.HelpName ?? argument.Name.ToUpperInvariant();
        string many = argument.Arity.MaximumNumberOfValues > 1 ? $"{name}…" : name;
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{many}]" : many;
    }

    public static string Of(Option option)
    {
        IEnumerable<string> names = option.Aliases.Append(option.Name).OrderBy(n => n.StartsWith("--", StringComparison.Ordinal));
        string all = string.Join(", ", names);
        return option.HelpName is null ? all : $"{all} {option.HelpName}";
    }

    /// <summary>The command's own options, without those that every command has.</summary>
    public static IEnumerable<Option> VisibleOptions(Command command) => command.Options.Where(o => !o.Hidden && !o.Recursive);

    /// <summary>The options that the root gives to every command.</summary>
    public static IEnumerable<Option> InheritedOptions(Command command)
    {
        Command root = command;
        while (root.Parents.OfType<Command>().FirstOrDefault() is { } parent)
        {
            root = parent;
        }
        return root.Options.Where(o => !o.Hidden && o.Recursive);
    }
}
