using System.Globalization;
using System.Net;
using Tulle.Local.Addresses;
using Tulle.Local.Compose;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>What is the same for every replica of a mesh.</summary>
internal sealed record MeshFacts
{
    public required MeshHome Home { get; init; }

    public required int Octet { get; init; }

    public required Uri ControlPlane { get; init; }

    /// <summary>Where applications may send spans of their own, over HTTP.</summary>
    public required Uri OtlpReceiver { get; init; }

    /// <summary>Proxies leave traces alone.</summary>
    public bool LeavesTraces { get; init; }

    /// <summary>Where tulle-proxy and shop are.</summary>
    public required string ExecutableFolder { get; init; }

    /// <summary>Variables that applications inherit.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <inheritdoc cref="LocalMeshOptions.MetricsCompat"/>
    public string MetricsCompat { get; init; } = "";

    /// <summary>Header fields whose values no tap shows, of any service.</summary>
    public IReadOnlyList<string> RedactedHeaders { get; init; } = [];

    /// <summary>Lowest port that may be bound.</summary>
    public required int FirstAllowedPort { get; init; }
}

/// <summary>Works out what to run for a replica.</summary>
internal static class ReplicaPlan
{
    /// <param name="mesh">The mesh.</param>
    /// <param name="service">What it is a replica of.</param>
    /// <param name="namespace">Where its objects go.</param>
    /// <param name="pod">Its name.</param>
    /// <param name="address">Its address.</param>
    /// <param name="appPort">Gives the private port for a service's port.</param>
    /// <param name="publish">Whether it is the one that published ports lead to.</param>
    public static ReplicaModel Of(
        MeshFacts mesh, ServiceConfig service, string @namespace, string pod, IPAddress address, Func<int, int> appPort, bool publish)
    {
        PortModel[] ports =
        [
            .. service.Ports.Select(port => new PortModel(
                port.Port, ReplicaPorts.Target(port.Port, mesh.FirstAllowedPort), appPort(port.Port), publish ? port.Published : null)),
        ];
        return new ReplicaModel
        {
            Pod = pod,
            Namespace = @namespace,
            Service = service.Name,
            Address = address,
            Ports = ports,
            Labels = ComposeMirror.PodLabels(service),
            Healthcheck = service.Healthcheck is { } check ? check with { Test = [.. check.Test.Select(word => PutPort(word, ports))] } : null,
            App = App(mesh, service, @namespace, pod, address, ports),
            Proxy = Proxy(mesh, service, pod, address, ports),
            Manager = MeshLabels.Manager,
        };
    }

    private static ProcessConfig App(
        MeshFacts mesh, ServiceConfig service, string @namespace, string pod, IPAddress address, PortModel[] ports)
    {
        var environment = new Dictionary<string, string>(mesh.Environment, StringComparer.Ordinal)
        {
            // Neighbours of tulle, such as shop, are found wherever the Compose file is.
            ["PATH"] = $"{mesh.Environment.GetValueOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin")}:{mesh.ExecutableFolder}",
            ["POD_NAME"] = pod,
            ["POD_NAMESPACE"] = @namespace,
            ["POD_IP"] = address.ToString(),
            ["PWD"] = service.WorkingDirectory,
        };
        string proxy = $"http://{address}:{ReplicaPorts.Outbound}";
        // curl and Python look at the lower-case name, others at the upper-case one.
        foreach (string name in (ReadOnlySpan<string>)["HTTP_PROXY", "http_proxy"]) environment[name] = proxy;
        foreach (string name in (ReadOnlySpan<string>)["NO_PROXY", "no_proxy"]) environment[name] = "localhost,127.0.0.1,::1";
        AddTelemetry(environment, mesh, service, @namespace, pod);
        if (ports.Length > 0) environment["PORT"] = Number(ports[0].App);
        foreach (PortModel port in ports) environment[$"PORT_{port.Port}"] = Number(port.App);
        foreach ((string name, string value) in service.Environment) environment[name] = PutPort(value, ports);
        return new ProcessConfig
        {
            Name = pod,
            Command = [.. service.Command.Select(word => PutPort(word, ports))],
            Environment = environment,
            WorkingDirectory = service.WorkingDirectory,
            LogPath = mesh.Home.AppLog(pod),
        };
    }

    /// <summary>What OpenTelemetry's SDKs look for; whoever names a collector of his own keeps it.</summary>
    private static void AddTelemetry(Dictionary<string, string> environment, MeshFacts mesh, ServiceConfig service, string @namespace, string pod)
    {
        environment["OTEL_SERVICE_NAME"] = service.Name;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.namespace={@namespace},k8s.namespace.name={@namespace},k8s.pod.name={pod}";
        if (!environment.TryAdd("OTEL_EXPORTER_OTLP_ENDPOINT", mesh.OtlpReceiver.GetLeftPart(UriPartial.Authority))) return;
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
    }

    private static ProcessConfig Proxy(MeshFacts mesh, ServiceConfig service, string pod, IPAddress address, PortModel[] ports)
    {
        List<string> command =
        [
            Path.Combine(mesh.ExecutableFolder, "tulle-proxy"),
            "--control-plane", mesh.ControlPlane.GetLeftPart(UriPartial.Authority),
            "--trust-anchors", mesh.Home.Anchors(pod),
            "--token", mesh.Home.Token(pod),
            "--admin", $"{address}:{ReplicaPorts.Admin}",
            "--outbound", $"{address}:{ReplicaPorts.Outbound}",
            // Twenty sidecars share this machine's cores: a loop per core in each would only cost memory.
            "--loops", "1",
        ];
        if (mesh.LeavesTraces) command.AddRange(["--trace-sampling", "off"]);
        if (mesh.MetricsCompat.Length > 0) command.AddRange(["--metrics-compat", mesh.MetricsCompat]);
        if (mesh.RedactedHeaders.Count > 0) command.AddRange(["--redact-headers", string.Join(',', mesh.RedactedHeaders)]);
        foreach (PortModel port in ports)
        {
            command.AddRange(["--inbound", $"{address}:{port.Target}=127.0.0.1:{port.App}"]);
            if (port.Published is { } published) command.AddRange(["--inbound", $"127.0.0.1:{published}=127.0.0.1:{port.App}"]);
        }
        foreach (UpstreamConfig upstream in service.Upstreams) command.AddRange(["--upstream", $"{upstream.Listen}={upstream.Authority}"]);
        return new ProcessConfig
        {
            Name = $"{pod} sidecar",
            Command = command,
            // The sidecar is told everything on its command line; runtime knobs are for whoever studies it.
            Environment = mesh.Environment.Where(pair => pair.Key is "PATH" or "HOME" || pair.Key.StartsWith("DOTNET_", StringComparison.Ordinal)).ToDictionary(),
            WorkingDirectory = "/",
            LogPath = mesh.Home.ProxyLog(pod),
            // Beyond the sidecar's own drain time of 10 s.
            Grace = TimeSpan.FromSeconds(12),
        };
    }

    private static string PutPort(string text, PortModel[] ports) =>
        ports.Length == 0 ? text : text.Replace(Interpolation.Port, Number(ports[0].App), StringComparison.Ordinal);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
