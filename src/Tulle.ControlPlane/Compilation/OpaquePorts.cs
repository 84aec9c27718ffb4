using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Ports whose protocol is not looked at because Linkerd's configuration says so (linkerd.md §2).</summary>
internal static class OpaquePorts
{
    /// <summary>On a Service, a Pod or a Namespace; the nearest one decides.</summary>
    public const string Annotation = "config.linkerd.io/opaque-ports";

    /// <summary>The protocol of a service's port.</summary>
    public static Protocol.Protocol Protocol(MeshSnapshot snapshot, string clientNamespace, Service service, ServicePort port)
    {
        ServiceProfile? profile = Profiles.Find(snapshot, clientNamespace, new ObjectKey(service.Meta.Namespace, service.Meta.Name));
        bool opaque = Annotated(snapshot, service.Meta, port.Port) || (profile?.OpaquePorts.Any(range => range.Contains(port.Port)) ?? false);
        return opaque ? Tulle.Protocol.Protocol.Opaque : PortProtocol.Of(port);
    }

    /// <summary>Whether the annotations of an object or of its namespace list a port.</summary>
    public static bool Annotated(MeshSnapshot snapshot, ObjectMeta meta, int port)
    {
        string? text = meta.Annotations.GetValueOrDefault(Annotation)
            ?? snapshot.Namespaces.GetValueOrDefault(meta.Namespace)?.Meta.Annotations.GetValueOrDefault(Annotation);
        return AnnotationValues.List(text).Select(PortRange.Parse).Any(range => range?.Contains(port) ?? false);
    }
}
