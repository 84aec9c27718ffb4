using System.CommandLine;

namespace Tulle.Cli.Insight;

/// <summary>The options <c>--to</c> and <c>--from</c>: only traffic with a certain other side.</summary>
internal sealed class PeerOptions
{
    private readonly Option<string?> _to = new("--to") { HelpName = "TYPE/NAME", Description = "Only requests sent to this workload or service; the numbers are those seen by the sender" };
    private readonly Option<string?> _from = new("--from") { HelpName = "TYPE/NAME", Description = "Only requests that this workload sent" };
    private readonly Option<string?> _toNamespace = new("--to-namespace") { HelpName = "NAMESPACE", Description = "Namespace of --to; -n unless given" };
    private readonly Option<string?> _fromNamespace = new("--from-namespace") { HelpName = "NAMESPACE", Description = "Namespace of --from; -n unless given" };

    public static PeerOptions On(Command command)
    {
        PeerOptions options = new();
        foreach (Option option in (Option[])[options._to, options._toNamespace, options._from, options._fromNamespace])
        {
            command.Options.Add(option);
        }
        return options;
    }

    public bool AreGiven(ParseResult line) => line.GetValue(_to) is not null || line.GetValue(_from) is not null;

    /// <summary>The parameters of the insight API.</summary>
    public (string Name, string? Value)[] Query(ParseResult line, string verb)
    {
        string? to = line.GetValue(_to), from = line.GetValue(_from);
        return
        [
            ("to", to is null ? null : WorkloadName.Parse([to], verb).ToString()),
            ("toNamespace", line.GetValue(_toNamespace)),
            ("from", from is null ? null : WorkloadName.Parse([from], verb).ToString()),
            ("fromNamespace", line.GetValue(_fromNamespace)),
        ];
    }
}
