using Tulle.Model.Validation;

namespace Tulle.ControlPlane.Insight;

/// <summary>What is said of a name that nothing has: where there is one, or what was probably meant.</summary>
internal static class MissingTarget
{
    // What has a name that one types; a pod's is copied.
    private static readonly TargetKind[] Typed = [TargetKind.Deployment, TargetKind.Service];

    public static bool Exists(Selection target, IWorkloads workloads) =>
        target.Name is null || Names(target.Kind, workloads).Any(known => Is(known, target.Namespace, target.Name));

    /// <param name="target">Has a name, and does not exist.</param>
    public static InsightException Of(Selection target, IWorkloads workloads)
    {
        string kind = Word(target.Kind), name = target.Name!;
        string where = target.Kind != TargetKind.Namespace && target.Namespace is { } own ? $" in namespace \"{own}\"" : "";
        return InsightException.NotFound($"there is no {kind} \"{name}\"{where}; {Remedy(target, name, workloads)}");
    }

    private static string Remedy(Selection target, string name, IWorkloads workloads)
    {
        (string Namespace, string Name)[] known = Names(target.Kind, workloads);
        if (target.Kind != TargetKind.Namespace && known.FirstOrDefault(other => other.Name == name) is { Namespace: { } elsewhere })
            return $"there is one in namespace \"{elsewhere}\"";
        foreach (TargetKind other in Typed.Where(other => other != target.Kind))
        {
            if (Names(other, workloads).Any(one => Is(one, target.Namespace, name))) return $"there is a {Word(other)} of that name: {Short(other)}/{name}";
        }
        string[] here = [.. known.Where(one => target.Kind == TargetKind.Namespace || target.Namespace is null || one.Namespace == target.Namespace).Select(one => one.Name)];
        return NearMiss.Find(name, here) is { } near ? $"did you mean \"{near}\"?" : $"'tulle get {Word(target.Kind)}s -A' lists what there is";
    }

    private static (string Namespace, string Name)[] Names(TargetKind kind, IWorkloads workloads) =>
        [.. StatReport.Rows(new Selection(kind, null, null), workloads).Select(row => (row.Namespace, row.Name))];

    private static bool Is((string Namespace, string Name) known, string? @namespace, string name) =>
        known.Name == name && (@namespace is null || known.Namespace == @namespace);

    private static string Word(TargetKind kind) => kind.ToString().ToLowerInvariant();

    private static string Short(TargetKind kind) => kind == TargetKind.Service ? "svc" : "deploy";
}
