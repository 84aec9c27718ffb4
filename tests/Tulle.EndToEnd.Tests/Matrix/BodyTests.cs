using System.Globalization;
using System.Security.Cryptography;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>
/// Client × mesh × server × size × reader: a body goes up and another comes down, whole and unchanged, whatever the client, the hop and
/// the server speak. Bodies are compared by hash. TULLE_LARGE_BODIES=1 adds bodies of 1 GB to every combination, during which no sidecar may
/// grow by more than a few buffers.
/// </summary>
public sealed class BodyTests(MatrixMesh matrix)
{
    private const long Large = 1_000_000_000;
    // A stream's window, a receive buffer and an output buffer on each side of each stream, and the collector's own doing.
    private const long MaxGrowth = 16_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LargePatience = TimeSpan.FromMinutes(5);

    private static readonly long[] Sizes = [0, 1, 64 * 1024, 10 * 1024 * 1024];

    public static TheoryData<string, Hop, string, long, string> Cells => Combine();

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Exchange_Body_ArrivesWhole(string client, Hop hop, string server, long size, string reader)
    {
        ProxyPair pair = await matrix.PairAsync(hop, server);
        string folder = Directory.CreateDirectory(matrix.Folder.PathOf($"{client}-{hop}-{server}-{size}-{reader}")).FullName;
        string hash = Payload.HashOf(size), file = Path.Combine(folder, "body"), received = Path.Combine(folder, "received");
        await using (FileStream body = File.Create(file)) await Payload.WriteAsync(body, size);

        PeakMemory[] memory = [new(pair.Client.Process.Id), new(pair.Server.Process.Id)];

        await RunAsync(Upload(client, pair, file, received, reader), pair, size);
        if (client == "h2load")
        {
            await RunAsync(Download(client, pair, size, received, reader), pair, size);
        }
        else
        {
            // Kestrel says which protocol reached it.
            Assert.Equal($"{hash} {size} {(server == "http2" ? "HTTP/2" : "HTTP/1.1")}", await File.ReadAllTextAsync(received));
            CommandResult download = await RunAsync(Download(client, pair, size, received, reader), pair, size);
            Assert.Equal(hash, await HashAsync(received));
            // It asked for HTTP/2 in HTTP/1.1, and got it.
            if (client == "curl-upgrade") Assert.Equal("2", download.Output);
        }
        Directory.Delete(folder, recursive: true);
        Assert.True(await pair.CarriesAsync(hop), "the hop is not what it should be");
        if (size == Large) Assert.All(memory, sidecar => Assert.InRange(sidecar.Growth, 0, MaxGrowth));
    }

    private static TheoryData<string, Hop, string, long, string> Combine()
    {
        TheoryData<string, Hop, string, long, string> cells = [];
        bool large = Environment.GetEnvironmentVariable("TULLE_LARGE_BODIES") == "1";
        foreach (string client in new[] { "curl-http1", "curl-http2", "curl-upgrade", "nghttp", "nghttp-upgrade", "h2load" })
        {
            foreach (Hop hop in Enum.GetValues<Hop>())
            {
                foreach (string server in new[] { "http1", "http2" })
                {
                    foreach (long size in large ? [.. Sizes, Large] : Sizes)
                    {
                        // The switch happens before any body, so one large body stands for all.
                        if (client.EndsWith("-upgrade", StringComparison.Ordinal) && size != Sizes[^1]) continue;
                        cells.Add(client, hop, server, size, "fast");
                        // A small body is one read, whatever the pace; h2load has no pace.
                        if (size == Sizes[^1] && client != "h2load") cells.Add(client, hop, server, size, "slow");
                    }
                }
            }
        }
        return cells;
    }

    private static string[] Upload(string client, ProxyPair pair, string file, string received, string reader)
    {
        string url = $"{pair.Url}/hash{(reader == "slow" ? "?slow" : "")}";
        return client switch
        {
            "curl-http1" => ["curl", "-sS", "--fail", "--http1.1", "-o", received, "--data-binary", $"@{file}", url],
            "curl-http2" => ["curl", "-sS", "--fail", "--http2-prior-knowledge", "-o", received, "--data-binary", $"@{file}", url],
            // A request with a body cannot be upgraded (RFC 7540 §3.2): curl stays with HTTP/1.1, nghttp asks with OPTIONS first.
            "curl-upgrade" => ["curl", "-sS", "--fail", "--http2", "-o", received, "--data-binary", $"@{file}", url],
            "nghttp" => ["sh", "-c", $"exec nghttp -d '{file}' '{url}' > '{received}'"],
            "nghttp-upgrade" => ["sh", "-c", $"exec nghttp -u -d '{file}' '{url}' > '{received}'"],
            // h2load cannot map an empty file.
            _ when new FileInfo(file).Length == 0 => ["h2load", "-n", "16", "-c", "2", "-m", "4", "-H", ":method: POST", url],
            _ => ["h2load", "-n", Requests(file), "-c", "2", "-m", "4", "-d", file, url],
        };
    }

    private static string[] Download(string client, ProxyPair pair, long size, string received, string reader)
    {
        string url = string.Create(CultureInfo.InvariantCulture, $"{pair.Url}/bytes/{size}");
        string[] pace = reader == "slow" ? ["--limit-rate", "15M"] : [];
        return client switch
        {
            "curl-http1" => ["curl", "-sS", "--fail", "--http1.1", .. pace, "-o", received, url],
            "curl-http2" => ["curl", "-sS", "--fail", "--http2-prior-knowledge", .. pace, "-o", received, url],
            "curl-upgrade" => ["curl", "-sS", "--fail", "--http2", .. pace, "-w", "%{http_version}", "-o", received, url],
            // A window of 4 KiB makes a slow reader of a fast one.
            "nghttp" or "nghttp-upgrade" =>
                ["sh", "-c", $"exec nghttp {(client == "nghttp" ? "" : "-u ")}{(reader == "slow" ? "-w 12 -W 12 " : "")}'{url}' > '{received}'"],
            _ => ["h2load", "-n", size > 1_000_000 ? "4" : "16", "-c", "2", "-m", "4", url],
        };
    }

    private static string Requests(string file) => new FileInfo(file).Length > 1_000_000 ? "4" : "16";

    private static async Task<CommandResult> RunAsync(string[] command, ProxyPair pair, long size)
    {
        CommandResult result = await RunningProcess.RunAsync(command[0], command[1..], size == Large ? LargePatience : Patience);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}: {result}\n{pair.Show()}");
        if (command[0] == "h2load")
        {
            string requests = command[2];
            Assert.True(result.Output.Contains($"status codes: {requests} 2xx", StringComparison.Ordinal), $"{result}\n{pair.Show()}");
        }
        return result;
    }

    private static async Task<string> HashAsync(string file)
    {
        await using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
    }
}
