using Tulle.Http.Fuzz.Targets;

namespace Tulle.Http.Fuzz;

/// <summary>Every fuzz target.</summary>
internal static class FuzzTargets
{
    public static IFuzzTarget[] All { get; } = [new RequestTarget(), new ResponseTarget(), new BodyTarget(), new ClientHelloTarget(), new DetectionTarget(), new Http2Target(), new HpackTarget(), new TraceTarget()];

    /// <summary>The target of that name, all of them for "all", none for a wrong name.</summary>
    public static IFuzzTarget[] Named(string name) => name == "all" ? All : [.. All.Where(target => target.Name == name)];
}
