namespace Tulle.ControlPlane.Insight;

/// <summary>A named route of a service.</summary>
/// <param name="Route">As ServiceProfile or VirtualService name it; empty for requests that no named route takes.</param>
internal sealed record RouteId(string Namespace, string Service, string Route);

/// <summary>A route and its traffic.</summary>
internal sealed record RouteRow(RouteId Id, TrafficTotals Traffic);

/// <summary>The routes of services, each request counted once.</summary>
internal static class RouteReport
{
    public static IReadOnlyList<RouteRow> Of(TrafficQuery query, IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic)
    {
        var sightings = new Sightings(pods, traffic, query.WindowSeconds);
        IReadOnlyDictionary<RouteId, TrafficTotals> routes = traffic.GroupShares(
            pods, (pod, series) => Accepts(query, sightings, pod, series) ? RouteOf(series) : null, sightings.ShareOf, query.WindowSeconds);
        return
        [
            .. routes.Where(route => route.Value.Requests > 0).Select(route => new RouteRow(route.Key, route.Value))
                .OrderBy(row => row.Id.Namespace, StringComparer.Ordinal).ThenBy(row => row.Id.Service, StringComparer.Ordinal)
                // What no route takes comes last.
                .ThenBy(row => row.Id.Route.Length == 0).ThenBy(row => row.Id.Route, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a series of a pod belongs to what is asked about, as much of it as counts. With <c>to</c> the target sends; else it receives.</summary>
    public static bool Accepts(TrafficQuery query, Sightings sightings, WorkloadPod pod, SeriesId series)
    {
        if (series.ServiceName.Length == 0) return false;
        if (query.To is { } to)
        {
            return sightings.IsTo(to, pod, series) && (query.Target is null || Sightings.IsFrom(query.Target, pod, series))
                && (query.Namespace is null || pod.Namespace == query.Namespace);
        }
        return (query.Namespace is null || series.ServiceNamespace == query.Namespace)
            && (query.Target is null || sightings.IsTo(query.Target, pod, series))
            && (query.From is null || Sightings.IsFrom(query.From, pod, series));
    }

    private static RouteId RouteOf(SeriesId series) => new(series.ServiceNamespace, series.ServiceName, series.Route);
}
