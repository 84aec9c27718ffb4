namespace Tulle.Proxy.Draining;

/// <summary>Knows when every loop has served its last session. Thread-safe.</summary>
internal sealed class DrainState(int loops)
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<Worker> _drained = [];

    public Task Completed => _completed.Task;

    public void OnDrained(Worker worker)
    {
        lock (_drained)
        {
            _drained.Add(worker);
            if (_drained.Count == loops) _completed.TrySetResult();
        }
    }
}
