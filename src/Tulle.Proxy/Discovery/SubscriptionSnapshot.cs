using Tulle.Protocol;

namespace Tulle.Proxy.Discovery;

/// <param name="Applied">Null while no answer has come.</param>
/// <param name="AppliedAt">When it came.</param>
/// <param name="LastError">Why a later answer was refused; empty when none was.</param>
internal sealed record SubscriptionSnapshot(string Authority, Destination? Applied, DateTimeOffset AppliedAt, string LastError);
