namespace Tulle.Kubernetes.Events;

/// <summary>The object that an Event is about.</summary>
/// <param name="ApiVersion">Of the object.</param>
/// <param name="Kind">Of the object.</param>
/// <param name="Namespace">Where it is; the Event is there too.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its uid; empty when it is not known.</param>
public sealed record EventSubject(string ApiVersion, string Kind, string Namespace, string Name, string Uid)
{
    public static EventSubject Pod(string @namespace, string name, string uid) => new("v1", "Pod", @namespace, name, uid);
}
