namespace Tulle.Proxy.Routing.Overrides;

/// <summary>Whose request headers may change a route's timeouts and retries. None by default: any client could lift its limits.</summary>
[Flags]
internal enum OverrideDialects
{
    None = 0,

    /// <summary><c>x-envoy-…</c></summary>
    Envoy = 1,

    /// <summary><c>l5d-…</c></summary>
    Linkerd = 2,
}
