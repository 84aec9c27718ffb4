namespace Tulle.ControlPlane.Insight;

/// <summary>Whose the addresses of tapped requests are.</summary>
internal sealed class TapSides(IReadOnlyList<WorkloadPod> pods)
{
    // Pods on the host's network share an address, which then says nothing.
    private readonly Dictionary<string, WorkloadPod> _byAddress = pods.Where(pod => pod.Address.Length > 0)
        .GroupBy(pod => pod.Address, StringComparer.Ordinal).Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>Whether it was made of these pods, so that nothing has changed since.</summary>
    public bool AreOf(IReadOnlyList<WorkloadPod> current) => ReferenceEquals(current, pods);

    /// <summary>The pod at <c>address:port</c>; null when it is none of the mesh's.</summary>
    public WorkloadPod? Of(string endpoint)
    {
        int colon = endpoint.LastIndexOf(':');
        return _byAddress.GetValueOrDefault(colon < 0 ? endpoint : endpoint[..colon].Trim('[', ']'));
    }
}
