using System.Threading.Channels;
using Tulle.Kubernetes.Watching;

namespace Tulle.Kubernetes.Tests.Watching;

internal sealed class RecordingHandler : IReflectorHandler
{
    private readonly Channel<string> _seen = Channel.CreateUnbounded<string>();

    public void Handle(ReflectorEvent change) =>
        _seen.Writer.TryWrite(change.Object is null ? "Synced" : $"{change.Kind} {change.Object.ObjectName()}@{change.Object.ObjectVersion()}");

    public void Failed(Exception error) => _seen.Writer.TryWrite("Failed");

    /// <summary>The next things that happened, failures left out unless asked for.</summary>
    public async Task<string[]> NextAsync(int count, bool failures = false)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = new List<string>();
        while (seen.Count < count)
        {
            string next = await _seen.Reader.ReadAsync(patience.Token);
            if (failures || next != "Failed") seen.Add(next);
        }
        return [.. seen];
    }
}
