namespace Tulle.Proxy.Hosting;

internal static class ProxyVersion
{
    public static string Text { get; } = typeof(ProxyVersion).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
