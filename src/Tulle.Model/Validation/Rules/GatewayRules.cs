namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of Istio's Gateway (istio.md §1.9, §5.1).</summary>
internal static class GatewayRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        if (spec["servers"].Count == 0)
            spec["servers"].Missing("there are no servers", "add a server with port and hosts");
        CommonRules.CheckSelector(spec["selector"]);
        foreach (Cursor server in spec["servers"].Items)
            CheckServer(server);
    }

    private static void CheckServer(Cursor server)
    {
        Cursor port = server["port"];
        PortRules.CheckProtocol(port["protocol"]);
        if (port["name"].Text is not { Length: > 0 })
            port["name"].Missing("the port has no name", "add name, such as https");
        if (port["targetPort"].Exists)
            port["targetPort"].Error("a gateway's port has no target", "remove it");
        if (server["hosts"].Count == 0)
            server["hosts"].Missing("there are no hosts", "add hosts, or '*' for all");
        CheckTls(server, port["protocol"].Text?.ToUpperInvariant());
    }

    private static void CheckTls(Cursor server, string? protocol)
    {
        Cursor tls = server["tls"];
        bool redirect = tls["httpsRedirect"].Text == "true";
        if (protocol is "HTTPS" or "TLS" && !tls.Exists)
            server.Missing($"protocol {protocol} needs tls", "add tls with mode and credentialName");
        if (protocol is "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB" && tls.Exists && !redirect)
            tls.Error($"protocol {protocol} has no TLS", "write protocol HTTPS, or only httpsRedirect: true");
        if (redirect && protocol is not (null or "HTTP"))
            tls["httpsRedirect"].Error($"protocol {protocol} cannot be redirected", "write protocol HTTP");
        if (tls["mode"].Text is "SIMPLE" or "MUTUAL" or "OPTIONAL_MUTUAL" && tls.Given("serverCertificate", "credentialName", "credentialNames", "tlsCertificates").Count == 0)
            tls.Missing("the server has no certificate", "add credentialName, or serverCertificate and privateKey");
        tls.AtMostOne("credentialName", "credentialNames", "serverCertificate", "tlsCertificates");
    }
}
