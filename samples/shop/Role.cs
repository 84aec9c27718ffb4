namespace Tulle.Samples.Shop;

/// <summary>One kind of service: what it answers, whom it asks, how long it thinks.</summary>
/// <param name="Name">Its name in the mesh.</param>
/// <param name="MedianMillis">Median of its own thinking time, in milliseconds; the distribution is log-normal.</param>
/// <param name="Operations">What it answers.</param>
internal sealed record Role(string Name, double MedianMillis, params Operation[] Operations);

/// <summary>One request that a role answers.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Route pattern; <c>{id}</c> is the only parameter.</param>
/// <param name="Calls">Requests that it makes, all at once, before it answers.</param>
internal sealed record Operation(string Method, string Path, params Call[] Calls);

/// <summary>A request to another service; <c>{id}</c> in the path is replaced by the caller's own.</summary>
internal sealed record Call(string Method, string Service, string Path);
