using System.Diagnostics;
using Tulle.Local.Hosting;
using Tulle.Local.Supervision;

namespace Tulle.Cli.Machine;

/// <summary>The web browser of the person at the terminal.</summary>
internal static class Browser
{
    private const string Opener = "xdg-open";

    public static bool HasScreen(CliEnvironment environment) =>
        environment.Variable("DISPLAY") is { Length: > 0 } || environment.Variable("WAYLAND_DISPLAY") is { Length: > 0 };

    /// <summary>
    /// Opens a secret link. Everyone on the machine may see the words of a command line, so the browser is given a file that leads to
    /// the link, not the link.
    /// </summary>
    /// <returns>Null, or why it cannot and what to do.</returns>
    public static string? Open(CliEnvironment environment, MeshHome home, Uri link)
    {
        if (ProgramPath.Find(Opener, home.Folder, environment.Variable("PATH")) is not { } program)
            return $"there is no {Opener} to open a browser with; open the link yourself, or install the package xdg-utils";
        try
        {
            using Process? process = Process.Start(new ProcessStartInfo(program, [DashboardFile.WriteOpener(home, link)])
            {
                RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            });
            return null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return $"{Opener} could not be started ({e.Message}); open the link yourself";
        }
    }
}
