using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Local.Adoption;
using Tulle.Local.Credentials;
using Tulle.Local.Mirroring;
using Tulle.Protocol;

namespace Tulle.Local.Hosting;

/// <summary>Brings new trust anchors to every replica's file, so that a new root needs no restart.</summary>
internal sealed class AnchorsWatcher(WorkloadCredentials credentials, StateFile state) : IReflectorHandler
{
    public Task RunAsync(KubernetesClient client, TimeProvider clock, Random random, CancellationToken stop) =>
        new Reflector(client, KnownPaths.ConfigMaps(ProtocolNames.SystemNamespace), this, new ReflectorOptions(), clock, random).RunAsync(stop);

    public void Handle(ReflectorEvent change)
    {
        if (change.Kind == ReflectorEventKind.Deleted || change.Object is not JsonObject map || map.ObjectName() != "tulle-trust-anchors") return;
        if (map.Text("data", "anchors.pem") is not { } anchors) return;
        foreach (string pod in state.Current.Replicas.Keys) credentials.WriteAnchors(pod, anchors);
    }

    public void Failed(Exception error)
    {
        // Tried again by the reflector; the files keep the anchors they have.
    }
}
