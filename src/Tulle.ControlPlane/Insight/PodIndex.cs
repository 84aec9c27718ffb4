namespace Tulle.ControlPlane.Insight;

/// <summary>Finds the pods of a row of a list without looking at all of them for each: lists have as many rows as there are pods.</summary>
internal sealed class PodIndex(IReadOnlyList<WorkloadPod> pods)
{
    private readonly Lazy<ILookup<(string Namespace, string Workload), WorkloadPod>> _byWorkload = new(() => pods.ToLookup(pod => (pod.Namespace, pod.Workload)));
    private readonly Lazy<ILookup<(string Namespace, string Service), WorkloadPod>> _byService = new(
        () => pods.SelectMany(pod => pod.Services, (pod, service) => (pod, service)).ToLookup(pair => (pair.pod.Namespace, pair.service), pair => pair.pod));
    private readonly Lazy<ILookup<(string Namespace, string Name), WorkloadPod>> _byName = new(() => pods.ToLookup(pod => (pod.Namespace, pod.Name)));
    private readonly Lazy<ILookup<string, WorkloadPod>> _byNamespace = new(() => pods.ToLookup(pod => pod.Namespace));

    /// <summary>All of them.</summary>
    public IReadOnlyList<WorkloadPod> Pods => pods;

    /// <summary>Those that a selection includes.</summary>
    public IEnumerable<WorkloadPod> Of(Selection selection) => selection switch
    {
        { Kind: TargetKind.Deployment, Namespace: { } space, Name: { } name } => _byWorkload.Value[(space, $"deployment/{name}")],
        { Kind: TargetKind.Service, Namespace: { } space, Name: { } name } => _byService.Value[(space, name)],
        { Kind: TargetKind.Pod, Namespace: { } space, Name: { } name } => _byName.Value[(space, name)],
        { Namespace: { } space } => _byNamespace.Value[space].Where(selection.Includes),
        _ => pods.Where(selection.Includes),
    };
}
