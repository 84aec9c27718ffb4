using Tulle.Protocol;

namespace Tulle.ControlPlane.Distribution;

/// <summary>What a proxy that has one destination must be sent to have another.</summary>
internal static class DestinationDelta
{
    /// <summary>Null when nothing changed but the version; the endpoints of one backend when only they changed; else the whole.</summary>
    public static DiscoveryResponse? Between(Destination old, Destination current)
    {
        if (ReferenceEquals(old, current)) return null;
        if (!SameFrame(old, current)) return new DiscoveryResponse { Destination = current };

        Backend? before = null;
        Backend? after = null;
        for (int i = 0; i < current.Backends.Count; i++)
        {
            if (old.Backends[i].Endpoints.Equals(current.Backends[i].Endpoints)) continue;
            // Two updates would show the proxy a state that never was: half of the new endpoints with half of the old.
            if (after is not null) return new DiscoveryResponse { Destination = current };
            (before, after) = (old.Backends[i], current.Backends[i]);
        }
        if (after is null) return null;
        EndpointUpdate update = Endpoints(before!, after);
        update.Authority = current.Authority;
        update.Version = current.Version;
        return new DiscoveryResponse { Endpoints = update };
    }

    /// <summary>Whether two destinations differ at most in their version and their backends' endpoints.</summary>
    private static bool SameFrame(Destination old, Destination current)
    {
        if (old.Backends.Count != current.Backends.Count) return false;
        return Frame(old).Equals(Frame(current));
    }

    /// <summary>A destination without version and endpoints, sharing the rest with the original.</summary>
    private static Destination Frame(Destination whole)
    {
        var frame = new Destination
        {
            Authority = whole.Authority,
            Resolution = whole.Resolution,
            Protocol = whole.Protocol,
            Service = whole.Service,
            RetryBudget = whole.RetryBudget,
            AccessLog = whole.AccessLog,
            Tracing = whole.Tracing,
        };
        frame.Routes.AddRange(whole.Routes);
        frame.NamedRoutes.AddRange(whole.NamedRoutes);
        frame.ConnectionRoutes.AddRange(whole.ConnectionRoutes);
        frame.Backends.AddRange(whole.Backends.Select(Frame));
        return frame;
    }

    private static Backend Frame(Backend whole) => new()
    {
        Name = whole.Name,
        Service = whole.Service,
        Subset = whole.Subset,
        Protocol = whole.Protocol,
        LoadBalancer = whole.LoadBalancer,
        ConnectionPool = whole.ConnectionPool,
        OutlierDetection = whole.OutlierDetection,
        FailureAccrual = whole.FailureAccrual,
        HealthCheck = whole.HealthCheck,
    };

    private static EndpointUpdate Endpoints(Backend before, Backend after)
    {
        var update = new EndpointUpdate { Backend = after.Name };
        var old = before.Endpoints.ToDictionary(Key, StringComparer.Ordinal);
        foreach (Endpoint endpoint in after.Endpoints)
        {
            string key = Key(endpoint);
            if (!old.Remove(key, out Endpoint? known) || !known.Equals(endpoint)) update.Upserted.Add(endpoint);
        }
        update.Removed.AddRange(old.Keys);
        return update;
    }

    private static string Key(Endpoint endpoint) =>
        endpoint.Address.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Address}]:{endpoint.Port}" : $"{endpoint.Address}:{endpoint.Port}";
}
