using System.Text;
using CsCheck;
using Tulle.Local.Logs;
using Tulle.Testing;

namespace Tulle.Local.Tests.Logs;

public sealed class LogReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task CopyAsync_Tail_GivesTheLastLines() =>
        await Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 3000].Array[0, 40], Gen.Int[0, 45], Gen.Bool).SampleAsync(async (lines, tail, ended) =>
        {
            string text = string.Join('\n', lines) + (ended && lines.Length > 0 ? "\n" : "");
            string path = _folder.Write($"{Guid.NewGuid()}.log", text);
            using var output = new MemoryStream();
            await LogReader.CopyAsync(path, output, tail, follow: false, TimeProvider.System, CancellationToken.None);

            string[] all = text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
            string expected = string.Join('\n', all.TakeLast(tail)) + (text.EndsWith('\n') && tail > 0 ? "\n" : "");
            return Encoding.UTF8.GetString(output.ToArray()) == expected;
        }, iter: 200);

    [Fact]
    public async Task CopyAsync_Follow_GoesOnThroughATurnOver()
    {
        string path = _folder.PathOf("app.log");
        using var stop = new CancellationTokenSource();
        using var output = new MemoryStream();
        Task copying = LogReader.CopyAsync(path, output, null, follow: true, TimeProvider.System, stop.Token);

        File.WriteAllText(path, "first line\n");
        await Eventually.TrueAsync(() => output.Length == 11, Eventually.Patience, "the first line arrives");
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
            file.Write("new\n"u8);
        }
        await Eventually.TrueAsync(() => output.Length == 15, Eventually.Patience, "the line after the turn-over arrives");
        stop.Cancel();
        await copying;

        Assert.Equal("first line\nnew\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    public void Dispose() => _folder.Dispose();
}
