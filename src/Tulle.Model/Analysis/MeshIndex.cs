using Tulle.Model.Resources;
using Tulle.Model.Validation;

namespace Tulle.Model.Analysis;

/// <summary>A snapshot, arranged for the questions that analysis asks.</summary>
internal sealed class MeshIndex
{
    private readonly Dictionary<(string Namespace, string Name), Service> _services = [];
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private readonly ILookup<string, Pod> _pods;
    private readonly Lazy<ILookup<string, VirtualService>> _virtualServices;
    private readonly Lazy<ILookup<string, DestinationRule>> _rules;
    private readonly Lazy<(string Host, DestinationRule Rule)[]> _wildcardRules;

    public MeshIndex(MeshSnapshot snapshot)
    {
        Snapshot = snapshot;
        foreach (Service service in snapshot.Services)
        {
            _services[(service.Meta.Namespace, service.Meta.Name)] = service;
            _namespaces.Add(service.Meta.Namespace);
        }
        _pods = snapshot.Pods.ToLookup(pod => pod.Meta.Namespace, StringComparer.Ordinal);
        _virtualServices = new Lazy<ILookup<string, VirtualService>>(() => snapshot.VirtualServices
            .Where(virtualService => virtualService.AppliesToMesh)
            .SelectMany(virtualService => virtualService.Hosts.Select(host => Canonical(host, virtualService.Meta.Namespace)).Distinct(StringComparer.Ordinal),
                (virtualService, host) => (virtualService, host))
            .ToLookup(pair => pair.host, pair => pair.virtualService, StringComparer.Ordinal));
        _rules = new Lazy<ILookup<string, DestinationRule>>(() => snapshot.DestinationRules.ToLookup(rule => Canonical(rule.Host, rule.Meta.Namespace), StringComparer.Ordinal));
        _wildcardRules = new Lazy<(string, DestinationRule)[]>(() =>
            [.. _rules.Value.Where(group => group.Key.StartsWith('*')).SelectMany(group => group, (group, rule) => (group.Key, rule))]);
    }

    public MeshSnapshot Snapshot { get; }

    /// <summary>What to do about a host whose service does not exist: it may be one letter off, or in another namespace.</summary>
    public string RemedyFor((string Namespace, string Name) missing)
    {
        const string Plain = "create the service or correct the host";
        string[] elsewhere = [.. _namespaces.Where(other => _services.ContainsKey((other, missing.Name))).Order(StringComparer.Ordinal)];
        if (elsewhere.Length > 0) return $"{Plain}; namespace {elsewhere[0]} has one, which is called {missing.Name}.{elsewhere[0]}";
        string hint = NearMiss.Hint(missing.Name, _services.Keys.Where(key => key.Namespace == missing.Namespace).Select(key => key.Name).Order(StringComparer.Ordinal));
        return hint.Length > 0 ? $"{Plain}; {hint}" : Plain;
    }

    public Service? Service(string @namespace, string name) => _services.GetValueOrDefault((@namespace, name));

    /// <summary>
    /// The service that a host means, whether it exists or not; null for hosts outside the mesh. <c>a.b</c> is a service only
    /// where there is a namespace b with services: it may as well be a name on the internet.
    /// </summary>
    public (string Namespace, string Name)? Resolve(string host, string fromNamespace)
    {
        if (Hosts.Service(host, fromNamespace, Snapshot.ClusterDomain) is not { } service)
            return null;
        bool ambiguous = host.TrimEnd('.').Count(c => c == '.') == 1;
        return ambiguous && !_namespaces.Contains(service.Namespace) ? null : service;
    }

    /// <summary>The key under which two spellings of one host are equal.</summary>
    public string Canonical(string host, string fromNamespace) => Resolve(host, fromNamespace) is { } service
        ? $"{service.Name}.{service.Namespace}.svc.{Snapshot.ClusterDomain}"
        : host.TrimEnd('.').ToLowerInvariant();

    /// <summary>The rules whose host covers a destination's.</summary>
    public IEnumerable<DestinationRule> RulesFor(string canonicalHost) => _rules.Value[canonicalHost]
        .Concat(_wildcardRules.Value.Where(pair => pair.Host != canonicalHost && Hosts.Covers(pair.Host, canonicalHost)).Select(pair => pair.Rule));

    /// <summary>The VirtualServices with exactly this host that sidecars apply.</summary>
    public IEnumerable<VirtualService> VirtualServicesFor(string canonicalHost) => _virtualServices.Value[canonicalHost];

    public IEnumerable<Pod> Pods(string @namespace) => _pods[@namespace];

    public static bool Selects(IReadOnlyDictionary<string, string> labels, Pod pod)
    {
        foreach ((string key, string value) in labels)
        {
            if (!pod.Meta.Labels.TryGetValue(key, out string? actual) || actual != value)
                return false;
        }
        return true;
    }
}
