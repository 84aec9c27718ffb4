namespace Tulle.Proxy.Resilience;

/// <summary>
/// Requests and retries of one destination in a sliding window, counted over all loops. Retries are counted exactly: two
/// loops never take the same one. Any thread; times in microseconds.
/// </summary>
internal sealed class RetryBudgetState(RetryBudgetModel model)
{
    private readonly Lock _lock = new();
    private readonly SlidingCount _requests = new();
    private readonly SlidingCount _retries = new();
    private volatile RetryBudgetModel _model = model;

    /// <summary>What holds from now on; what was counted stays, unless the window is another one.</summary>
    public RetryBudgetModel Model
    {
        get => _model;
        set
        {
            lock (_lock)
            {
                if (value.WindowMicros != _model.WindowMicros)
                {
                    _requests.Clear();
                    _retries.Clear();
                }
                _model = value;
            }
        }
    }

    /// <summary>Counts a request, once however often it is sent.</summary>
    public void OnRequest(long now) => _requests.Add(Slot(now, _model));

    /// <summary>Takes one retry out of the budget; false when it is used up.</summary>
    public bool TryTake(long now)
    {
        // Retries are few; requests never come here.
        lock (_lock)
        {
            uint slot = Slot(now, _model);
            if (_retries.Sum(slot) >= _model.Allowance(_requests.Sum(slot))) return false;
            _retries.Add(slot);
            return true;
        }
    }

    private static uint Slot(long now, RetryBudgetModel model) => (uint)(now / (model.WindowMicros / SlidingCount.Slots));
}
