using System.Reflection;

namespace Tulle.Cli;

/// <summary>Version of this executable, as the build stamped it.</summary>
internal static class ClientVersion
{
    public static string Text { get; } =
        typeof(ClientVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
