namespace Tulle.Proxy.Discovery;

/// <summary>How a stream to the control plane is doing. Immutable; swapped as a whole.</summary>
/// <param name="Connected">Whether an answer has come on the present stream.</param>
/// <param name="Since">When that became so.</param>
/// <param name="LastError">Why the last stream ended; empty when none did.</param>
/// <param name="Attempts">Streams begun so far.</param>
internal sealed record StreamState(bool Connected, DateTimeOffset Since, string LastError, long Attempts);
