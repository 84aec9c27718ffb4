using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation.Decisions;

/// <summary>What became of the dialects that speak where no VirtualService has routes: TrafficSplit, ServiceProfile, annotations.</summary>
internal static class ServiceDecisions
{
    /// <param name="snapshot">The mesh.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="key">The service.</param>
    /// <param name="service">The service.</param>
    /// <param name="router">The VirtualService that routes its requests; null when none does.</param>
    public static IEnumerable<Decision> Of(MeshSnapshot snapshot, Client client, ObjectKey key, Service service, ObjectReference? router)
    {
        TrafficSplit? split = TrafficShares.Split(snapshot, key);
        ServiceProfile? profile = Profiles.Find(snapshot, client.Namespace, key);
        return OfSplits(snapshot, key, split, router).Concat(OfProfiles(snapshot, client, key, split, profile, router)).Concat(OfAnnotations(service, profile, router));
    }

    private static IEnumerable<Decision> OfSplits(MeshSnapshot snapshot, ObjectKey key, TrafficSplit? winner, ObjectReference? router)
    {
        foreach (TrafficSplit candidate in snapshot.TrafficSplits.Values.SelectMany(splits => splits).Where(split => TrafficShares.Splits(snapshot, split, key)))
        {
            var name = ObjectReference.Of("TrafficSplit", candidate.Meta);
            if (candidate.Meta.Namespace != key.Namespace)
                yield return new Decision(name, null, false, $"it is not in namespace {key.Namespace}, whose services a TrafficSplit there divides");
            else if (!ReferenceEquals(candidate, winner))
                yield return new Decision(name, null, false, $"TrafficSplit {winner!.Meta} divides the same service and is older");
            else if (router is not null)
                yield return new Decision(name, null, false, $"{router} routes the service and comes before a TrafficSplit");
            else
                yield return new Decision(name, null, true, "it divides the requests to the service, and nothing of higher precedence routes them");
        }
    }

    private static IEnumerable<Decision> OfProfiles(
        MeshSnapshot snapshot, Client client, ObjectKey key, TrafficSplit? split, ServiceProfile? winner, ObjectReference? router)
    {
        string host = HostNames.Qualified(key, snapshot.Settings.ClusterDomain);
        foreach (ServiceProfile candidate in snapshot.ServiceProfiles.Values.Where(profile => profile.Meta.Name == host))
        {
            var name = ObjectReference.Of("ServiceProfile", candidate.Meta);
            if (!ReferenceEquals(candidate, winner))
            {
                yield return new Decision(name, null, false, candidate.Meta.Namespace == key.Namespace
                    ? $"the client's own namespace, {client.Namespace}, has a ServiceProfile for the service, which comes first"
                    : $"it is neither in the client's namespace, {client.Namespace}, nor in the service's");
            }
            else if (router is not null)
            {
                yield return new Decision(name, null, candidate.Routes.Count > 0, candidate.HasPolicy || candidate.Overrides.Count > 0
                    ? $"{router} routes the service and comes first: of this one only the names of routes are used"
                    : "its routes name requests for metrics");
            }
            else
            {
                yield return new Decision(name, null, true, candidate.Meta.Namespace == client.Namespace && client.Namespace != key.Namespace
                    ? "it is for the service and in the client's own namespace, which comes before the service's"
                    : "it is for the service, and nothing of higher precedence routes it");
                if (split is not null && candidate.Overrides.Count > 0)
                    yield return new Decision(name, "dstOverrides", false, $"TrafficSplit {split.Meta} divides the service and comes first");
            }
        }
    }

    private static IEnumerable<Decision> OfAnnotations(Service service, ServiceProfile? profile, ObjectReference? router)
    {
        ServicePolicy policy = service.Policy;
        var name = ObjectReference.Of("Service", service.Meta);
        bool routes = policy.Retries is not null || !policy.Timeouts.IsEmpty || policy.Limits is not null;
        if (routes && router is not null)
            yield return new Decision(name, "annotations", false, $"{router} routes the service: its own timeouts, retries and limits hold instead of those in annotations");
        else if (routes && profile is not null)
            yield return new Decision(name, "annotations", false, $"ServiceProfile {profile.Meta} switches the timeouts, retries and limits in annotations off");
        else if (routes)
            yield return new Decision(name, "annotations", true, "its annotations set timeouts, retries or limits, and nothing of higher precedence does");
        if (policy.HealthCheck is not null) yield return new Decision(name, "health check", true, "its annotations ask for active health checks");
        if (policy.FailureAccrual is not null)
        {
            yield return profile is not null
                ? new Decision(name, "failure accrual", false, $"ServiceProfile {profile.Meta} switches the breaker in annotations off")
                : new Decision(name, "failure accrual", true, "its annotations ask for a breaker; a DestinationRule's outlierDetection would come first");
        }
    }
}
