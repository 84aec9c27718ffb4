using System.Globalization;
using System.Net;

namespace Tulle.Local.Supervision;

/// <summary>The TCP ports that a program and its children listen at, from /proc (proc(5)).</summary>
internal static class ListeningSockets
{
    private const string Listen = "0A";

    /// <summary>IPv4 only, which is what sidecars connect with; empty when nothing can be read.</summary>
    public static IReadOnlyList<IPEndPoint> Of(int pid)
    {
        try
        {
            HashSet<string> inodes = [.. Family(pid).SelectMany(Sockets)];
            return [.. File.ReadLines("/proc/net/tcp").Skip(1).Select(Parse).Where(socket => socket is { State: Listen } && inodes.Contains(socket.Inode)).Select(socket => socket.Address).Distinct()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Applications are started in a process group of their own, whose number is that of the first process.
    private static IEnumerable<int> Family(int pid) =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(candidate => GroupOf(candidate) == pid);

    private static int GroupOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static IEnumerable<string> Sockets(int pid)
    {
        const string Prefix = "socket:[";
        string[] links;
        try
        {
            links = [.. Directory.EnumerateFiles($"/proc/{pid}/fd").Select(path => new FileInfo(path).LinkTarget ?? "")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
        return links.Where(link => link.StartsWith(Prefix, StringComparison.Ordinal)).Select(link => link[Prefix.Length..^1]);
    }

    // sl local_address rem_address st … inode: "0: 0100007F:1F90 00000000:0000 0A … 12345".
    private static (IPEndPoint Address, string State, string Inode) Parse(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] local = fields[1].Split(':');
        // In the order of bytes that this machine has, which is also how IPAddress takes a number.
        long address = uint.Parse(local[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (new IPEndPoint(new IPAddress(address), int.Parse(local[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)), fields[3], fields[9]);
    }
}
