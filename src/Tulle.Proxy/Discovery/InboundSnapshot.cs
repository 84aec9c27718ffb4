using Tulle.Protocol;

namespace Tulle.Proxy.Discovery;

/// <param name="Policy">In force.</param>
/// <param name="AppliedAt">Since when.</param>
internal sealed record InboundSnapshot(InboundPolicy Policy, DateTimeOffset AppliedAt);
