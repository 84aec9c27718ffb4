using Tulle.Kubernetes.Configuration;
using Tulle.Testing;

namespace Tulle.Kubernetes.Tests.Configuration;

public sealed class KubeConfigTests
{
    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: tulle
        clusters:
        - name: tulle
          cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: Q0EtREFUQQ==, tls-server-name: tulle}
        - name: other
          cluster: {server: "https://[::1]:8443", certificate-authority: ca.pem}
        - name: careless
          cluster: {server: "https://127.0.0.1:1", insecure-skip-tls-verify: true}
        users:
        - name: admin
          user: {token: secret}
        - name: certificate
          user: {client-certificate-data: Q0VSVA==, client-key: key.pem}
        - name: helper
          user: {exec: {command: aws}}
        contexts:
        - name: tulle
          context: {cluster: tulle, user: admin, namespace: shop}
        - name: other
          context: {cluster: other, user: certificate}
        - name: helper
          context: {cluster: tulle, user: helper}
        - name: careless
          context: {cluster: careless, user: admin}
        - name: dangling
          context: {cluster: nowhere, user: admin}
        """;

    [Fact]
    public void ToOptions_CurrentContext_HasEverything()
    {
        KubernetesOptions options = KubeConfig.Parse(Two, "config").ToOptions();
        Assert.Equal(new Uri("https://127.0.0.1:6443"), options.Server);
        Assert.Equal(("CA-DATA", "tulle", "secret", "shop"), (options.CertificateAuthorityPem, options.TlsServerName, options.Token, options.Namespace));
        Assert.False(options.SkipTlsVerification);
    }

    [Fact]
    public void ToOptions_FilesBesideTheConfig_AreRead()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ca.pem", "CA");
        folder.Write("key.pem", "KEY");
        KubeConfig config = KubeConfig.Load(folder.Write("config", Two));
        Assert.Equal(["tulle", "other", "helper", "careless", "dangling"], config.Contexts);
        KubernetesOptions options = config.ToOptions("other");
        Assert.Equal(("CA", "CERT", "KEY", "default"),
            (options.CertificateAuthorityPem, options.ClientCertificatePem, options.ClientKeyPem, options.Namespace));
    }

    [Theory]
    [InlineData("helper", "needs exec")]
    [InlineData("careless", "insecure-skip-tls-verify")]
    [InlineData("dangling", "no cluster \"nowhere\"; it has: tulle, other, careless")]
    [InlineData("absent", "no context \"absent\"")]
    [InlineData("other", "cannot read certificate-authority ca.pem")]
    public void ToOptions_Unusable_SaysWhatAndWhere(string context, string message)
    {
        var error = Assert.Throws<KubeConfigException>(() => KubeConfig.Parse(Two, "/nowhere/config").ToOptions(context));
        Assert.Contains(message, error.Message);
        Assert.Contains("/nowhere/config", error.Message);
    }

    [Fact]
    public void ToOptions_InsecureIfAllowed_IsTaken() =>
        Assert.True(KubeConfig.Parse(Two, "config").ToOptions("careless", allowInsecure: true).SkipTlsVerification);

    [Theory]
    [InlineData("a: [", "malformed YAML")]
    [InlineData("just text", "its top level is not a mapping")]
    [InlineData("", "its top level is not a mapping")]
    [InlineData("kind: Config", "names no current-context")]
    public void Parse_NoKubeConfig_SaysWhy(string text, string message)
    {
        var error = Assert.Throws<KubeConfigException>(() => KubeConfig.Parse(text, "config").ToOptions());
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Load_Missing_NamesTheFile() =>
        Assert.Contains("/nowhere/config", Assert.Throws<KubeConfigException>(() => KubeConfig.Load("/nowhere/config")).Message);

    [Fact]
    public void InCluster_MountedServiceAccount_IsUsed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ca.crt", "CA");
        folder.Write("namespace", "tulle-system\n");
        KubernetesOptions options = KubeConfig.InCluster("fd00::1", "443", folder.Path);
        Assert.Equal(("https://[fd00::1]/", "CA", "tulle-system"), (options.Server.ToString(), options.CertificateAuthorityPem, options.Namespace));
        Assert.Equal(folder.PathOf("token"), options.TokenFile);
    }
}
