namespace Tulle.Kubernetes.Tests;

public sealed class ResourcePathTests
{
    [Fact]
    public void ToString_Shapes_AreThoseOfTheApi()
    {
        ResourcePath pods = ResourcePath.Of("", "v1", "pods", "shop");
        Assert.Equal("/api/v1/namespaces/shop/pods", pods.ToString());
        Assert.Equal("/api/v1/pods", ResourcePath.Of("", "v1", "pods").ToString());
        Assert.Equal("/api/v1/namespaces/shop/pods/a/status", pods.WithName("a").WithSubresource("status").ToString());
        Assert.Equal(
            "/apis/linkerd.io/v1alpha2/namespaces/shop/serviceprofiles/a%20b", ResourcePath.Of("linkerd.io", "v1alpha2", "serviceprofiles", "shop", "a b").ToString());
    }
}
