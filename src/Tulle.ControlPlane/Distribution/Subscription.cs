using Google.Protobuf;

namespace Tulle.ControlPlane.Distribution;

/// <summary>
/// What one stream knows about one resource. The stream's writer owns everything except the acknowledgement, which its
/// reader stores under the lock.
/// </summary>
internal sealed class Subscription(string resource)
{
    private readonly Lock _gate = new();
    private ulong _sentVersion;
    private ulong _acknowledged;
    private string _error = "";
    private bool _refused;

    /// <summary>What the proxy was last sent in full or by deltas; null before the first.</summary>
    public IMessage? Sent { get; private set; }

    /// <summary>Whether the proxy stands on an older state than <see cref="Sent"/>, so that a delta would not fit.</summary>
    public bool NeedsWhole
    {
        get
        {
            lock (_gate) return _refused;
        }
    }

    /// <summary>Writer: notes what is about to be sent.</summary>
    public void Sending(IMessage message, ulong version, bool whole)
    {
        Sent = message;
        lock (_gate)
        {
            _sentVersion = version;
            if (!whole) return;
            _refused = false;
            _error = "";
        }
    }

    /// <summary>Reader: notes the proxy's answer.</summary>
    public void Answered(ulong version, string error)
    {
        lock (_gate)
        {
            if (error.Length == 0)
            {
                _acknowledged = version;
                if (version == _sentVersion) _error = "";
                return;
            }
            _error = error;
            _refused = true;
        }
    }

    public ResourceProgress Progress()
    {
        lock (_gate) return new ResourceProgress(resource, _sentVersion, _acknowledged, _error);
    }
}
