using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether the certificates of both sides are valid, and renewed in time.</summary>
internal sealed class CertificateExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        (WorkloadPod Pod, ProxyCertificate Certificate)[] known =
        [
            .. subject.Servers.Concat(subject.Clients.Select(client => client.Pod)).Where(pod => pod.Meshed).Distinct()
                .Select(pod => (pod, subject.Health.Find(pod.Proxy)?.Certificate)).Where(pair => pair.Certificate is { NotAfterUnix: > 0 }).Select(pair => (pair.pod, pair.Certificate!)),
        ];
        string text = known.Length == 0 ? "no sidecar has told of its certificate"
            : $"{Words.Count(known.Length, "certificate")}, the first ends {When(subject, known.Min(pair => pair.Certificate.NotAfterUnix))}";
        return new Examination("certificates", text, [.. Find(subject, known)]);
    }

    private static IEnumerable<Finding> Find(Subject subject, (WorkloadPod Pod, ProxyCertificate Certificate)[] known)
    {
        long now = subject.Now.ToUnixTimeSeconds();
        var expired = known.Where(pair => pair.Certificate.NotAfterUnix <= now).ToArray();
        if (expired.Length > 0)
        {
            ulong refused = subject.Explain(subject.Sent, "tls-failed", "no-certificate") + subject.Explain(subject.Received, "tls-failed");
            List<string> evidence = [.. expired.Take(4).Select(pair => $"{pair.Pod.Name}: {Describe(subject, pair.Certificate)}")];
            if (refused > 0) evidence.Add($"{Words.Count(refused, "connection or request")} failed with tls-failed in the last {subject.Window}");
            yield return new Finding(
                Causes.CertificateExpired, FindingLevel.Error, $"pod {Words.List(expired.Select(pair => $"{pair.Pod.Namespace}/{pair.Pod.Name}"))}",
                $"the certificate of {(expired.Length == 1 ? "its sidecar" : $"{Words.Number(expired.Length)} sidecars")} has expired, so mutual TLS with it fails", Remedy(expired[0].Certificate)) { Evidence = evidence };
        }
        var late = known.Where(pair => pair.Certificate.NotAfterUnix > now && pair.Certificate.LastError.Length > 0).ToArray();
        if (late.Length > 0)
        {
            yield return new Finding(
                Causes.CertificateNotRenewed, FindingLevel.Warning, $"pod {Words.List(late.Select(pair => $"{pair.Pod.Namespace}/{pair.Pod.Name}"))}",
                $"its sidecar cannot renew its certificate, which ends {When(subject, late.Min(pair => pair.Certificate.NotAfterUnix))}", Remedy(late[0].Certificate))
            {
                Evidence = [.. late.Take(4).Select(pair => $"{pair.Pod.Name}: {pair.Certificate.LastError}")],
            };
        }
    }

    private static string Describe(Subject subject, ProxyCertificate certificate) =>
        $"its certificate ended {When(subject, certificate.NotAfterUnix)}{(certificate.LastError.Length > 0 ? $"; a new one cannot be had: {certificate.LastError}" : "")}";

    private static string Remedy(ProxyCertificate certificate) => certificate.LastError.Length > 0
        ? "remove what keeps it from a new one (see above): the sidecar asks again by itself, at least once a minute"
        : "see why the sidecar did not ask for a new one ('tulle logs POD'), and whether this machine's clock is right";

    private static string When(Subject subject, long unixSeconds)
    {
        TimeSpan left = DateTimeOffset.FromUnixTimeSeconds(unixSeconds) - subject.Now;
        return left > TimeSpan.Zero ? $"in {Words.Span(left)}" : $"{Words.Span(left)} ago";
    }
}
