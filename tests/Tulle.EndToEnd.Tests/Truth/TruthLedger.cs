using System.Collections.Concurrent;

namespace Tulle.EndToEnd.Tests.Truth;

/// <summary>What the generator saw of its own requests: the truth that every view of the mesh is held against.</summary>
internal sealed class TruthLedger
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(bool Success, bool MeshError, double Ms)>> _requests = new();

    /// <param name="key">A service, or a route of one.</param>
    /// <param name="success">As docs/reference/insight-api.md defines it.</param>
    /// <param name="meshError">The mesh answered itself.</param>
    /// <param name="took">From before the request to after its last byte.</param>
    public void Add(string key, bool success, bool meshError, TimeSpan took) =>
        _requests.GetOrAdd(key, _ => new()).Enqueue((success, meshError, took.TotalMilliseconds));

    public long Requests(string key) => Of(key).Count;

    public long Successes(string key) => Of(key).Count(request => request.Success);

    public long MeshErrors(string key) => Of(key).Count(request => request.MeshError);

    /// <summary>Requests that reached the service.</summary>
    public long Arrived(string key) => Requests(key) - MeshErrors(key);

    /// <summary>Share of successes, rounded as the API rounds it.</summary>
    public double Success(string key) => Math.Round((double)Successes(key) / Requests(key), 6);

    /// <summary>Milliseconds below which that share of the requests that arrived stayed, as the generator measured them.</summary>
    public double Percentile(string key, double share)
    {
        double[] sorted = [.. Of(key).Where(request => !request.MeshError).Select(request => request.Ms).Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    private ConcurrentQueue<(bool Success, bool MeshError, double Ms)> Of(string key) => _requests.GetValueOrDefault(key) ?? new();
}
