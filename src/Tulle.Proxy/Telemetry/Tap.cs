using System.Text;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>One running tap, compiled from <see cref="TapStart"/> so that matching works on bytes. Thread-safe.</summary>
internal sealed class Tap
{
    /// <summary>Requests per second when the command names no rate: Linkerd's <c>tap --max-rps</c> default.</summary>
    public const double DefaultMaxRps = 100;

    private readonly TapStart _command;
    private readonly byte[] _method, _authority, _pathPrefix;
    private readonly bool _authorityHasPort;
    private readonly TokenBucket _rate;

    private long _lostEvents, _skippedRequests;

    /// <param name="fields">What the proxy redacts; the command may add to it, never take from it.</param>
    public Tap(TapStart command, TapFields fields, TimeProvider time)
    {
        Fields = command.Headers ? fields.With(command.Redacted) : null;
        _command = command;
        _method = Encoding.UTF8.GetBytes(command.Method.ToUpperInvariant());
        _authority = Encoding.UTF8.GetBytes(command.Authority.ToLowerInvariant());
        _authorityHasPort = command.Authority.LastIndexOf(':') > command.Authority.LastIndexOf(']');
        _pathPrefix = Encoding.UTF8.GetBytes(command.PathPrefix);
        _rate = new TokenBucket(command.MaxRps > 0 ? command.MaxRps : DefaultMaxRps, time);
    }

    public ulong Id => _command.TapId;

    /// <summary>How header fields are shown; null: not at all.</summary>
    public TapFields? Fields { get; }

    /// <summary>The tap only wants requests that end with certain statuses, and so waits for those.</summary>
    public bool WaitsForStatus => _command.StatusFrom > 0;

    /// <summary>Whether a status is one of those that the tap wants; takes from its rate when it is.</summary>
    public bool TryTake(int status) => status >= _command.StatusFrom && status <= _command.StatusTo && TryTakeRate();

    /// <summary>An event could not be kept. Any thread.</summary>
    public void CountLost() => Interlocked.Increment(ref _lostEvents);

    /// <summary>What was not reported since the last call; null when everything was.</summary>
    public TapLoss? TakeLoss()
    {
        (long events, long requests) = (Interlocked.Exchange(ref _lostEvents, 0), Interlocked.Exchange(ref _skippedRequests, 0));
        return events + requests == 0 ? null : new TapLoss { Events = (ulong)events, Requests = (ulong)requests };
    }

    /// <summary>Set when the tap was stopped, so that streams it began say nothing more. Written by the insight thread, read by loops.</summary>
    public volatile bool Stopped;

    /// <summary>Whether the tap wants this request; takes from its rate when it does.</summary>
    public bool TryTake(in TapRequestInfo request, ReadOnlySpan<byte> method, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        if (_command.Direction != Direction.Unspecified && _command.Direction != request.Direction) return false;
        if (_command.PeerIdentity.Length > 0 && _command.PeerIdentity != request.PeerIdentity) return false;
        if (_command.ToService.Length > 0 && !IsService(request)) return false;
        if (_method.Length > 0 && !method.SequenceEqual(_method)) return false;
        if (_authority.Length > 0 && !IsAuthority(authority)) return false;
        return path.StartsWith(_pathPrefix) && (WaitsForStatus || TryTakeRate());
    }

    private bool TryTakeRate()
    {
        if (_rate.TryTake()) return true;
        Interlocked.Increment(ref _skippedRequests);
        return false;
    }

    private bool IsService(in TapRequestInfo request)
    {
        string wanted = _command.ToService;
        return request.Direction == Direction.Outbound
            && wanted.Length == request.ServiceName.Length + 1 + request.ServiceNamespace.Length
            && wanted.StartsWith(request.ServiceName, StringComparison.Ordinal)
            && wanted[request.ServiceName.Length] == '.'
            && wanted.EndsWith(request.ServiceNamespace, StringComparison.Ordinal);
    }

    /// <summary>An authority given without a port matches every port.</summary>
    private bool IsAuthority(ReadOnlySpan<byte> authority)
    {
        if (!_authorityHasPort)
        {
            int colon = authority.LastIndexOf((byte)':');
            if (colon > authority.LastIndexOf((byte)']')) authority = authority[..colon];
        }

        return Ascii.EqualsIgnoreCase(authority, _authority);
    }
}
