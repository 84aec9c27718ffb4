using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Local.Addresses;
using Tulle.Local.Mirroring;

namespace Tulle.Local.Hosting;

/// <summary>
/// Keeps the file from which Prometheus learns what to scrape (its file discovery): the control plane, and every sidecar while its pod
/// exists. Prometheus watches the file, so a pod is scraped some moments after it came.
/// </summary>
internal sealed class PrometheusTargets(MeshHome home, Uri controlPlane, Action<string> log) : IReflectorHandler
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // By namespace and name. Touched by the reflector's task only.
    private readonly SortedDictionary<(string Namespace, string Name), Target> _pods = [];
    private bool _listed;

    /// <summary>Runs until told to stop; then nothing is to be scraped any more.</summary>
    public async Task RunAsync(KubernetesClient client, TimeProvider clock, Random random, CancellationToken stop)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(home.PrometheusTargets)!);
        Write();
        await new Reflector(client, KnownPaths.Pods(), this, new ReflectorOptions(), clock, random).RunAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        PrivateFiles.Write(home.PrometheusTargets, "[]\n"u8);
    }

    public void Handle(ReflectorEvent change)
    {
        if (change.Object is not { } pod)
        {
            // Everything was listed; what the file of the last run held beside it is gone.
            _listed = true;
            Write();
            return;
        }
        (string, string) key = (pod.ObjectNamespace(), pod.ObjectName());
        Target? target = change.Kind == ReflectorEventKind.Deleted ? null : TargetOf(pod);
        bool changed = target is null ? _pods.Remove(key) : !_pods.TryGetValue(key, out Target? before) || before != target;
        if (target is not null) _pods[key] = target;
        if (changed && _listed) Write();
    }

    public void Failed(Exception error)
    {
        // Tried again by the reflector; the file keeps what it has.
    }

    /// <summary>Null for what has no sidecar of ours.</summary>
    private static Target? TargetOf(JsonObject pod)
    {
        string? service = pod.Text("metadata", "labels", MeshLabels.Service);
        string? address = pod.Text("status", "podIP") ?? pod.Text("metadata", "annotations", MeshLabels.Address);
        return service is null || address is null ? null : new Target($"{address}:{ReplicaPorts.Admin}", service);
    }

    private void Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartArray();
            WriteTarget(json, controlPlane.Authority, ("component", "control-plane"));
            foreach (((string @namespace, string name), Target target) in _pods)
            {
                WriteTarget(
                    json, target.Address, ("component", "proxy"), ("namespace", @namespace), ("pod", name), ("workload", $"deployment/{target.Deployment}"),
                    ("deployment", target.Deployment));
            }
            json.WriteEndArray();
        }
        buffer.Write("\n"u8);
        try
        {
            PrivateFiles.Write(home.PrometheusTargets, buffer.WrittenSpan);
        }
        catch (IOException error)
        {
            log($"{home.PrometheusTargets} cannot be written, so Prometheus does not see what changed: {error.Message}");
        }
    }

    private static void WriteTarget(Utf8JsonWriter json, string address, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        json.WriteStartObject();
        json.WriteStartArray("targets");
        json.WriteStringValue(address);
        json.WriteEndArray();
        json.WriteStartObject("labels");
        foreach ((string name, string value) in labels) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record Target(string Address, string Deployment);
}
