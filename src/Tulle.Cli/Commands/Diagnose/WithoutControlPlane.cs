using System.Globalization;
using Tulle.Cli.Insight;

namespace Tulle.Cli.Commands.Diagnose;

/// <summary>
/// What can be said of a service when the control plane does not answer: what the processes and sidecars of this machine tell. It
/// knows less, and says so.
/// </summary>
internal static class WithoutControlPlane
{
    /// <param name="namespace">Of the service.</param>
    /// <param name="target">The service or deployment.</param>
    /// <param name="trouble">Why the control plane does not answer.</param>
    /// <param name="sidecars">Those of this machine; empty where none are known.</param>
    /// <param name="now">The time.</param>
    public static Diagnosis Examine(string @namespace, WorkloadName target, string trouble, IReadOnlyList<SidecarPage> sidecars, DateTimeOffset now)
    {
        SidecarPage[] own = [.. sidecars.Where(sidecar => Serves(sidecar, @namespace, target))];
        List<Finding> findings = [ControlPlaneDown(trouble, sidecars, now)];
        findings.AddRange(Dead(own));
        findings.AddRange(Expired(own, now));
        List<Examined> examined = [new("", "control plane", "error", trouble)];
        if (sidecars.Count > 0)
        {
            int apps = own.Count(sidecar => sidecar.Replica.AppRuns), proxies = own.Count(sidecar => sidecar.Replica.SidecarRuns);
            examined.Add(own.Length == 0
                ? new("", "replicas", "warning", $"no sidecar on this machine says that it serves {target.Name}")
                : new("", "replicas", apps == own.Length && proxies == own.Length ? "ok" : "error", $"{apps} of {own.Length} applications and {proxies} of {own.Length} sidecars run"));
        }
        examined.Add(new("", "traffic", "warning", "cannot be judged without the control plane"));
        string kind = target.Plural == "services" ? "service" : "deployment";
        return new Diagnosis(@namespace, kind, target.Name!, [], "broken", findings[0].What, findings, examined);
    }

    private static Finding ControlPlaneDown(string trouble, IReadOnlyList<SidecarPage> sidecars, DateTimeOffset now)
    {
        List<string> evidence = [trouble];
        int running = sidecars.Count(sidecar => sidecar.Replica.SidecarRuns);
        if (sidecars.Count > 0) evidence.Add($"{running} of {sidecars.Count} sidecars on this machine run");
        if (sidecars.Max(sidecar => sidecar.Disconnected) is { } longest) evidence.Add($"they have been without the control plane for {Seconds(longest)}");
        if (sidecars.Min(sidecar => sidecar.NotAfter) is { } end && end > now) evidence.Add($"mutual TLS works until {end.ToUniversalTime():u}, when the first certificate ends");
        string what = running > 0
            ? "the control plane is down: sidecars serve on with what they knew last, but hear of no change, and get no new certificates"
            : "the control plane is down, and no sidecar runs on this machine";
        return new Finding("control-plane-down", "error", "control plane", what, evidence,
            "start it again ('tulle up' takes over the applications that still run); if it should be up, its log says why it is not: tulle.log in the state folder's logs, or 'kubectl -n tulle-system logs' on a cluster");
    }

    private static IEnumerable<Finding> Dead(SidecarPage[] own)
    {
        string[] apps = [.. own.Where(sidecar => !sidecar.Replica.AppRuns).Select(sidecar => sidecar.Replica.Pod)];
        if (apps.Length > 0)
            yield return new Finding("app-down", apps.Length == own.Length ? "error" : "warning", $"pod {string.Join(", ", apps)}", "the application's process is gone, and nobody starts it again while the mesh is down", [], "start the mesh again: tulle up");
        string[] proxies = [.. own.Where(sidecar => !sidecar.Replica.SidecarRuns).Select(sidecar => sidecar.Replica.Pod)];
        if (proxies.Length > 0)
            yield return new Finding("sidecar-down", proxies.Length == own.Length ? "error" : "warning", $"pod {string.Join(", ", proxies)}", "the sidecar's process is gone, and nobody starts it again while the mesh is down", [], "start the mesh again: tulle up");
    }

    private static IEnumerable<Finding> Expired(SidecarPage[] own, DateTimeOffset now)
    {
        string[] expired = [.. own.Where(sidecar => sidecar.NotAfter <= now).Select(sidecar => sidecar.Replica.Pod)];
        if (expired.Length > 0)
            yield return new Finding("certificate-expired", "error", $"pod {string.Join(", ", expired)}", "the certificate of its sidecar has expired, so mutual TLS with it fails", [], "start the control plane again: sidecars ask for a new certificate by themselves");
    }

    private static bool Serves(SidecarPage sidecar, string @namespace, WorkloadName target)
    {
        if (target.Plural == "services" && sidecar.Services.Contains($"{target.Name}.{@namespace}")) return true;
        // A sidecar that does not answer is known by its pod's name only.
        int number = sidecar.Replica.Pod.LastIndexOf('-');
        return (target.Plural != "services" || sidecar.Services.Count == 0) && number > 0 && sidecar.Replica.Pod[..number] == target.Name;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
