using Tulle.Protocol;

namespace Tulle.Proxy.Configuration;

/// <param name="Destinations">By authority. Empty when there are errors.</param>
/// <param name="Inbound">Null when the file holds none.</param>
/// <param name="Errors">One sentence each.</param>
internal sealed record DestinationsResult(Dictionary<string, Destination> Destinations, InboundPolicy? Inbound, IReadOnlyList<string> Errors);
