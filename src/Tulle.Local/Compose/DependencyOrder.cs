namespace Tulle.Local.Compose;

/// <summary>The order in which services start: none before those that it depends on.</summary>
internal static class DependencyOrder
{
    /// <summary>Reports dependencies on services that do not exist, and circles.</summary>
    public static void Check(IReadOnlyList<ServiceConfig> services, FieldReader reader)
    {
        var byName = services.ToDictionary(service => service.Name, StringComparer.Ordinal);
        foreach (ServiceConfig service in services)
        {
            foreach (DependencyConfig dependency in service.DependsOn.Where(dependency => !byName.ContainsKey(dependency.Service)))
            {
                reader.Error(service.Location, $"services.{service.Name}.depends_on",
                    $"there is no service \"{dependency.Service}\"", "name a service of this file, or remove it");
            }
        }

        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (ServiceConfig service in services)
        {
            if (FindCircle(service, byName, done, []) is not { } circle) continue;
            reader.Error(service.Location, $"services.{service.Name}.depends_on",
                $"the services wait for each other in a circle: {string.Join(" → ", circle)}", "remove one of these dependencies");
            return;
        }
    }

    /// <summary>Services grouped so that each depends only on earlier groups. Needs a config that passed <see cref="Check"/>.</summary>
    public static IReadOnlyList<IReadOnlyList<ServiceConfig>> Layers(IReadOnlyList<ServiceConfig> services)
    {
        var layers = new List<IReadOnlyList<ServiceConfig>>();
        var placed = new HashSet<string>(StringComparer.Ordinal);
        while (placed.Count < services.Count)
        {
            ServiceConfig[] layer = [.. services.Where(service => !placed.Contains(service.Name) && service.DependsOn.All(dependency => placed.Contains(dependency.Service)))];
            if (layer.Length == 0) break;
            layers.Add(layer);
            placed.UnionWith(layer.Select(service => service.Name));
        }
        return layers;
    }

    private static List<string>? FindCircle(
        ServiceConfig service, Dictionary<string, ServiceConfig> byName, HashSet<string> done, List<string> path)
    {
        int seen = path.IndexOf(service.Name);
        if (seen >= 0) return [.. path.Skip(seen), service.Name];
        if (done.Contains(service.Name)) return null;
        path.Add(service.Name);
        foreach (DependencyConfig dependency in service.DependsOn)
        {
            if (byName.TryGetValue(dependency.Service, out ServiceConfig? next) && FindCircle(next, byName, done, path) is { } circle) return circle;
        }
        path.RemoveAt(path.Count - 1);
        done.Add(service.Name);
        return null;
    }
}
