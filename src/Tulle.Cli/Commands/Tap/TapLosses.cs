using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Tap;

/// <summary>Says how much a tap did not show, on standard error: now and then while it runs, and at its end.</summary>
internal sealed class TapLosses(CliEnvironment environment)
{
    // Often enough to be noticed, seldom enough to leave the requests readable.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long _events, _requests;
    private long _saidEvents, _saidRequests;
    private long _lastSaid;

    /// <summary>Takes an event if it is about losses; false for every other one.</summary>
    public bool Take(JsonObject value)
    {
        if (value.Text("type") != "loss") return false;
        (_events, _requests) = (Number(value["events"]), Number(value["requests"]));
        if (_lastSaid == 0 || environment.Clock.GetElapsedTime(_lastSaid) >= Interval) Say();
        return true;
    }

    /// <summary>What was not said yet.</summary>
    public void SayLast()
    {
        if (_events > _saidEvents || _requests > _saidRequests) Say();
    }

    private void Say()
    {
        _lastSaid = environment.Clock.GetTimestamp();
        (_saidEvents, _saidRequests) = (_events, _requests);
        if (_events > 0) Terminal.Say.Warning(environment, $"{_events} events were dropped: more came than could be passed on; narrow the tap with --path, --method, --status or --from");
        if (_requests > 0) Terminal.Say.Warning(environment, $"{_requests} requests were left out, beyond --max-rps");
    }

    private static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long number) ? number : 0;
}
