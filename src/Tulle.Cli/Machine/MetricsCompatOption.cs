using System.CommandLine;

namespace Tulle.Cli.Machine;

/// <summary>Which other meshes' metrics the sidecars expose too.</summary>
internal static class MetricsCompatOption
{
    private static readonly string[] Known = ["istio", "linkerd"];

    public static Option<string?> Create()
    {
        var option = new Option<string?>("--metrics-compat")
        {
            HelpName = "MESHES", Description = "Sidecars also expose the metrics and labels of istio, linkerd, or istio,linkerd, for boards made for them",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>()?.Split(',').FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
                result.AddError($"--metrics-compat {unknown}: istio, linkerd or istio,linkerd is needed");
        });
        return option;
    }
}
