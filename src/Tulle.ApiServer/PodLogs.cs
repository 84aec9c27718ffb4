namespace Tulle.ApiServer;

/// <summary>What <c>kubectl logs</c> asks for.</summary>
/// <param name="Namespace">Namespace of the pod.</param>
/// <param name="Pod">Its name.</param>
/// <param name="Container">Which container; null for the first.</param>
/// <param name="Follow">Whether to go on as lines come.</param>
/// <param name="TailLines">Only the last so many lines; null for all.</param>
/// <param name="SinceSeconds">Only lines of the last so many seconds; null for all.</param>
/// <param name="Timestamps">Whether to put the time before each line.</param>
/// <param name="Previous">Whether the previous run of the container is meant.</param>
/// <param name="LimitBytes">At most so many bytes; null for all.</param>
public sealed record PodLogRequest(
    string Namespace, string Pod, string? Container, bool Follow, long? TailLines, long? SinceSeconds, bool Timestamps, bool Previous, long? LimitBytes);

/// <summary>Writes the log of a pod that exists to <paramref name="output"/>; returns when it is all written or nobody listens.</summary>
/// <returns>Null when it was written; otherwise one sentence for the user, such as that there is no such container. Nothing may be written before.</returns>
public delegate Task<string?> PodLogs(PodLogRequest request, Stream output, CancellationToken cancellation);
