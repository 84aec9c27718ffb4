using System.CommandLine;
using System.Globalization;

namespace Tulle.Cli.Insight;

/// <summary>Which live requests a command follows: those of one workload, as far as its options let them through.</summary>
internal sealed class TapSelection
{
    private readonly Verb _verb;
    private readonly string _does;
    private readonly Argument<string[]> _words;
    private readonly NamespaceOptions _namespaces;
    private readonly PeerOptions _peers;
    private readonly Option<string?> _method = new("--method") { HelpName = "METHOD", Description = "Only requests with this method" };
    private readonly Option<string?> _path = new("--path") { HelpName = "PREFIX", Description = "Only requests whose path starts so" };
    private readonly Option<int> _maxRps;

    /// <summary>Adds the argument and the options to a command.</summary>
    /// <param name="verb">The command.</param>
    /// <param name="toDo">What it is to do with the workload: "listen to".</param>
    /// <param name="does">The same of a subject: "listens to".</param>
    /// <param name="rate">What it does with requests: "Show".</param>
    /// <param name="maxRps">How many of them a second at most, unless something else is said.</param>
    /// <param name="own">The command's own options.</param>
    public TapSelection(Verb verb, string toDo, string does, string rate, int maxRps, params ReadOnlySpan<Option> own)
    {
        _verb = verb;
        _does = does;
        _words = new("TYPE/NAME")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = $"The deployment, pod, service or namespace to {toDo}: deploy/user-service",
        };
        _maxRps = new("--max-rps")
        {
            HelpName = "N",
            Description = $"{rate} at most this many requests a second; {maxRps.ToString(CultureInfo.InvariantCulture)} unless given",
            DefaultValueFactory = _ => maxRps,
        };
        _maxRps.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--max-rps must be 1 or more");
        });
        verb.Arguments.Add(_words);
        _namespaces = NamespaceOptions.On(verb, all: false);
        _peers = PeerOptions.On(verb);
        foreach (Option option in (Option[])[_method, _path, .. own, _maxRps]) verb.Options.Add(option);
    }

    /// <summary>The mesh has ended what it was asked to go on with.</summary>
    public static CliException Ended => new("the mesh ended the tap; is it going down? ('tulle check' says more)", ExitCodes.NoMesh);

    /// <summary>The workload that was named.</summary>
    public WorkloadName Workload(ParseResult line)
    {
        WorkloadName workload = WorkloadName.Parse(line.GetRequiredValue(_words), _verb.Name);
        if (workload.Name is null && workload.Plural != "namespaces")
            throw new CliException($"'tulle {_verb.Name}' {_does} one workload; name it, for example 'tulle {_verb.Name} {workload.Plural}/NAME'", ExitCodes.Usage);
        return workload;
    }

    /// <summary>Where the requests come from, one JSON object per line.</summary>
    /// <param name="own">Parameters of the command's own options.</param>
    public string Path(ParseResult line, MeshSession mesh, WorkloadName workload, params ReadOnlySpan<(string Name, string? Value)> own)
    {
        string @namespace = _namespaces.One(line, mesh);
        return InsightPath.Tap(@namespace, workload.Plural, workload.Name ?? @namespace,
        [
            ("method", line.GetValue(_method)?.ToUpperInvariant()),
            ("path", line.GetValue(_path)),
            .. own,
            ("maxRps", line.GetValue(_maxRps).ToString(CultureInfo.InvariantCulture)),
            .. _peers.Query(line, _verb.Name),
        ]);
    }
}
