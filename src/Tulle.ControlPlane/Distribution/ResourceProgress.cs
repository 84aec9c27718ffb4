namespace Tulle.ControlPlane.Distribution;

/// <summary>How far a proxy is with one resource: an authority, "inbound" or "trust".</summary>
/// <param name="Resource">Which.</param>
/// <param name="Sent">Version last sent; 0 before the first.</param>
/// <param name="Acknowledged">Version last applied by the proxy.</param>
/// <param name="Error">Why it refused the version last sent; empty when it did not.</param>
internal sealed record ResourceProgress(string Resource, ulong Sent, ulong Acknowledged, string Error);

/// <summary>A connected proxy, for the debug page.</summary>
internal sealed record SessionReport(
    string Namespace, string Pod, string ProxyVersion, DateTimeOffset ConnectedAt, IReadOnlyList<ResourceProgress> Resources);
