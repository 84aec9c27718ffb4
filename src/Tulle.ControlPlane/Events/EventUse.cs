using Tulle.Kubernetes.Events;

namespace Tulle.ControlPlane.Events;

/// <summary>How many Events there are, and how many were too many. Thread-safe.</summary>
/// <param name="recorder">What the control plane writes.</param>
/// <param name="kept">What the API server keeps, where it says so; null: it does not.</param>
internal sealed class EventUse(EventRecorder recorder, Func<(long Kept, long Limit, long Displaced)>? kept)
{
    public int Waiting => recorder.Waiting;

    public long Lost => recorder.Lost;

    public (long Kept, long Limit, long Displaced)? Store => kept?.Invoke();
}
