using System.Globalization;
using Tulle.Cli.Insight;

namespace Tulle.Cli.Commands.Demo;

/// <summary>Whether the mesh did what it should: told from its own golden metrics.</summary>
internal static class DemoVerdict
{
    /// <summary>What every service of the shop fails of its own accord (samples/shop/Temperament.cs).</summary>
    public const double ErrorRate = 0.01;

    // Standard deviations that chance is given: with five, one run in a hundred thousand fails by bad luck.
    private const double Sigmas = 5;

    /// <param name="metrics">Of the deployments, over the whole time.</param>
    /// <param name="services">Deployments that must have been called.</param>
    /// <param name="published">Those of them that can be reached from outside the mesh, where nobody has a certificate.</param>
    /// <returns>What is wrong; nothing when all is well.</returns>
    public static IReadOnlyList<string> Judge(
        IReadOnlyList<GoldenMetrics> metrics, IReadOnlyCollection<string> services, IReadOnlyCollection<string> published)
    {
        var faults = new List<string>();
        foreach (string name in services)
        {
            GoldenMetrics? item = metrics.FirstOrDefault(candidate => candidate.Name == name);
            if (item is null || item.Requests == 0)
            {
                faults.Add($"{name} saw no request");
                continue;
            }
            double tolerance = Sigmas * Math.Sqrt(ErrorRate * (1 - ErrorRate) / item.Requests);
            if (item.Success is not { } success || success < 1 - ErrorRate - tolerance)
                faults.Add($"{name} succeeded with {Percent(item.Success)} of {item.Requests} requests, less than the {Percent(1 - ErrorRate)} that its error rate implies");
            if (!published.Contains(name) && item.Mtls is not >= 1) faults.Add($"only {Percent(item.Mtls)} of the requests to {name} came over mutual TLS");
            if (item.MeshErrors > 0) faults.Add($"the mesh itself answered {item.MeshErrors} requests to {name} with an error");
        }
        return faults;
    }

    private static string Percent(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##} %") : "none";
}
