namespace Tulle.Local.Hosting;

/// <summary>The HTTP client of health checks.</summary>
internal static class ReplicaHttp
{
    /// <summary>Never through a proxy, whatever HTTP_PROXY says, and with short-lived connections: checks are seconds apart.</summary>
    public static HttpClient Create() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
    });
}
