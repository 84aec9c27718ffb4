namespace Tulle.ControlPlane.Insight;

internal enum TargetKind
{
    Deployment,
    Pod,
    Service,
    Namespace,
}

/// <summary>What a person points at: <c>deploy/web</c>, <c>pods</c>, <c>svc/api</c>…</summary>
/// <param name="Kind">Of what kind.</param>
/// <param name="Namespace">Null for all.</param>
/// <param name="Name">Null for all of the kind.</param>
internal sealed record Selection(TargetKind Kind, string? Namespace, string? Name)
{
    /// <summary>Reads <c>kind/name</c>, in any of the forms that kubectl takes for the kind.</summary>
    public static Selection Parse(string text, string? @namespace)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == text.Length - 1)
            throw InsightException.BadRequest($"\"{text}\" names nothing; expected kind/name, for example deploy/web");
        return Of(text[..slash], @namespace, text[(slash + 1)..]);
    }

    public static Selection Of(string kind, string? @namespace, string? name)
    {
        TargetKind target = kind.ToLowerInvariant() switch
        {
            "deploy" or "deployment" or "deployments" => TargetKind.Deployment,
            "po" or "pod" or "pods" => TargetKind.Pod,
            "svc" or "service" or "services" => TargetKind.Service,
            "ns" or "namespace" or "namespaces" => TargetKind.Namespace,
            _ => throw InsightException.BadRequest($"there are no metrics for \"{kind}\"; choose deployments, pods, services or namespaces"),
        };
        return target == TargetKind.Namespace ? new Selection(target, name ?? @namespace, name ?? @namespace) : new Selection(target, @namespace, name);
    }

    /// <summary>Whether a pod is part of what is pointed at.</summary>
    public bool Includes(WorkloadPod pod)
    {
        if (Namespace is not null && pod.Namespace != Namespace) return false;
        return Kind switch
        {
            TargetKind.Deployment => Name is null ? pod.Workload.StartsWith("deployment/", StringComparison.Ordinal) : pod.Workload == $"deployment/{Name}",
            TargetKind.Pod => Name is null || pod.Name == Name,
            TargetKind.Service => Name is null ? pod.Services.Count > 0 : pod.Services.Contains(Name),
            _ => true,
        };
    }

    /// <summary>Whether an outbound series leads to what is pointed at. A service's endpoints are in its namespace.</summary>
    public bool IsDestinationOf(SeriesId series, IReadOnlyCollection<WorkloadPod> pods)
    {
        if (Namespace is not null && series.ServiceNamespace != Namespace) return false;
        return Kind switch
        {
            TargetKind.Deployment => Name is null || series.PeerWorkload == $"deployment/{Name}",
            TargetKind.Service => Name is null || series.ServiceName == Name,
            TargetKind.Pod => Name is null || pods.Any(pod => pod.Name == Name && pod.Workload == series.PeerWorkload),
            _ => true,
        };
    }

    public override string ToString() => Name is null ? Kind.ToString().ToLowerInvariant() : $"{Kind.ToString().ToLowerInvariant()}/{Name}";
}
