namespace Tulle.Proxy.Balancing;

/// <summary>What the data path keeps per endpoint, such as its pooled connections.</summary>
internal interface IEndpointAttachment
{
    /// <summary>The endpoint left every backend: close what idles, keep nothing that comes back. Loop thread, once.</summary>
    void Retire();
}
