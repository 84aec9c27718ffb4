using System.Reflection;

namespace Tulle.ControlPlane.Monitoring;

/// <summary>The control plane's version, as the build stamped it.</summary>
internal static class ControlPlaneVersion
{
    public static string Text { get; } =
        typeof(ControlPlaneVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
