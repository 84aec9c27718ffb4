using System.Text;
using Tulle.ControlPlane.Dashboard;

namespace Tulle.Local.Hosting;

/// <summary>
/// The link that opens the dashboard of a one-machine mesh, in a file that only its owner may read. It lives as long as the mesh: a
/// mesh that takes over from a killed one keeps the token, so that open pages go on; after an orderly end the next has another.
/// </summary>
public static class DashboardFile
{
    /// <summary>The link; null when no mesh has written one.</summary>
    public static Uri? Read(MeshHome home)
    {
        try
        {
            return Uri.TryCreate(File.ReadAllText(home.Dashboard).Trim(), UriKind.Absolute, out Uri? link) ? link : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Writes a page that leads to the link, for a browser on this machine to open.</summary>
    /// <returns>Its path.</returns>
    public static string WriteOpener(MeshHome home, Uri link)
    {
        PrivateFiles.Write(home.DashboardOpener, Encoding.UTF8.GetBytes(
            $"<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"><meta http-equiv=\"refresh\" content=\"0;url={link}\"><title>Tulle</title>\n"));
        return home.DashboardOpener;
    }

    internal static void Write(MeshHome home, Uri link) => PrivateFiles.Write(home.Dashboard, Encoding.UTF8.GetBytes($"{link}\n"));

    internal static void Delete(MeshHome home)
    {
        File.Delete(home.Dashboard);
        File.Delete(home.DashboardOpener);
    }

    /// <summary>The token of a mesh that was killed, or a new one.</summary>
    internal static string KeepOrMakeToken(MeshHome home)
    {
        const string parameter = "?token=";
        string query = Read(home)?.Query ?? "";
        return query.StartsWith(parameter, StringComparison.Ordinal) && query.Length > parameter.Length ? query[parameter.Length..] : DashboardToken.New();
    }
}
