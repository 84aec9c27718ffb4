namespace Tulle.Kubernetes.Watching;

/// <summary>What a reflector selects and how it waits between tries.</summary>
public sealed record ReflectorOptions
{
    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>The same collection in other versions, tried in turn when the server does not serve the first: older servers serve older ones.</summary>
    public IReadOnlyList<ResourcePath> Fallbacks { get; init; } = [];

    /// <summary>First wait after a failure; doubles up to <see cref="MaxBackoff"/>. Short, because an embedded server restarts in a blink.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait before asking again for a kind that the server does not serve (its CRD may appear).</summary>
    public TimeSpan MissingKindRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a watch lasts before the server ends it and it is asked for anew, at least; at most twice as long. client-go: 5 to 10 minutes.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
