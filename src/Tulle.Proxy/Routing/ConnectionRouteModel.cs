using System.Text;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Routing;

/// <summary>Where connections go that are carried as they are. Immutable; any thread.</summary>
internal sealed class ConnectionRouteModel
{
    private readonly byte[][] _serverNames;
    private readonly RouteModel _shares;

    private ConnectionRouteModel(byte[][] serverNames, RouteModel shares)
    {
        _serverNames = serverNames;
        _shares = shares;
    }

    /// <summary>Only TLS connections match, by the server name that they ask for.</summary>
    public bool NeedsServerName => _serverNames.Length > 0;

    /// <param name="isTls">Whether the connection began with a ClientHello that could be read.</param>
    /// <param name="serverName">The name that it asks for, in any case; empty without.</param>
    public bool Matches(bool isTls, ReadOnlySpan<byte> serverName)
    {
        if (!NeedsServerName) return true;
        if (!isTls) return false;
        foreach (byte[] pattern in _serverNames)
        {
            if (Covers(pattern, serverName)) return true;
        }
        return false;
    }

    /// <inheritdoc cref="RouteModel.PickBackend"/>
    public int PickBackend(IRandomSource random) => _shares.PickBackend(random);

    public static (ConnectionRouteModel? Model, string? Error) Compile(ConnectionRoute route, IReadOnlyDictionary<string, int> backends)
    {
        // Weights are those of a route for requests, and nothing else of it is.
        var weighted = new Route { Name = route.Name };
        weighted.Backends.AddRange(route.Backends);
        (RouteModel? shares, string? error) = RouteCompiler.Compile(weighted, backends);
        if (shares is null) return (null, error);
        return (new ConnectionRouteModel([.. route.ServerNames.Select(name => Encoding.ASCII.GetBytes(name.ToLowerInvariant()))], shares), null);
    }

    /// <summary>"*.x" covers names of any depth below x, but not x; Envoy's rule.</summary>
    private static bool Covers(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        if (!pattern.StartsWith((byte)'*')) return Ascii.EqualsIgnoreCase(pattern, name);
        ReadOnlySpan<byte> suffix = pattern[1..];
        return suffix.IsEmpty || (name.Length > suffix.Length && Ascii.EqualsIgnoreCase(name[^suffix.Length..], suffix));
    }
}
