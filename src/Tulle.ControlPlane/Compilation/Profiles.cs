using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

internal static class Profiles
{
    /// <summary>The ServiceProfile that holds for a client and a service: the client's own wins over the service's.</summary>
    public static ServiceProfile? Find(MeshSnapshot snapshot, string clientNamespace, ObjectKey service)
    {
        string name = HostNames.Qualified(service, snapshot.Settings.ClusterDomain);
        return snapshot.ServiceProfiles.GetValueOrDefault(new ObjectKey(clientNamespace, name))
            ?? snapshot.ServiceProfiles.GetValueOrDefault(new ObjectKey(service.Namespace, name));
    }
}
