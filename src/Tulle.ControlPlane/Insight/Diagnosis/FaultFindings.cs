using Tulle.Protocol;
using Route = Tulle.Protocol.Route;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Faults that somebody injects on purpose, and may have forgotten.</summary>
internal static class FaultFindings
{
    private const double Million = 1_000_000;

    public const string Remedy = "remove 'fault' from the VirtualService when the experiment is over";

    /// <param name="subject">The service under examination.</param>
    /// <param name="routes">What is in force for its clients, with the object that each is of; empty for none.</param>
    public static IEnumerable<Finding> Of(Subject subject, IReadOnlyCollection<(Route Route, string Object)> routes)
    {
        ulong aborted = subject.Explain(subject.Sent, "fault-abort");
        string seen = $"{Words.Count(aborted, "request")} of {Words.Number(subject.Sent.Requests)} were aborted in the last {subject.Window}";
        FindingLevel level = aborted > 0 ? Words.LevelOf((double)aborted / Math.Max(1, subject.Sent.Requests)) : FindingLevel.Warning;
        (string Object, string Text)[] injected = [.. routes.Where(pair => Text(pair.Route.Fault).Length > 0).Select(pair => (pair.Object, Text(pair.Route.Fault))).Distinct()];
        foreach ((string @object, string text) in injected)
        {
            yield return new Finding(Causes.FaultInjected, level, @object, $"it injects a fault into requests for {subject.Name} on purpose: {text}", Remedy)
            {
                Evidence = aborted > 0 ? [seen] : [],
            };
        }
        if (injected.Length == 0 && aborted > 0)
            yield return new Finding(Causes.FaultInjected, level, subject.Name, $"{seen} on purpose: a VirtualService injected faults", Remedy);
    }

    /// <summary>The longest delay that a route injects, ms; 0: none.</summary>
    public static long DelayMs(Route route) => route.Fault is { DelayPpm: > 0 } fault ? fault.DelayMs : 0;

    private static string Text(Fault? fault)
    {
        if (fault is null) return "";
        var parts = new List<string>(2);
        if (fault is { DelayPpm: > 0, DelayMs: > 0 }) parts.Add($"{Words.Percent(fault.DelayPpm / Million)} are delayed by {Words.Ms(fault.DelayMs)}");
        if (fault.AbortPpm > 0) parts.Add($"{Words.Percent(fault.AbortPpm / Million)} are aborted with {(fault.HasAbortGrpcStatus ? $"gRPC status {fault.AbortGrpcStatus}" : $"{fault.AbortStatus}")}");
        return string.Join(", ", parts);
    }
}
