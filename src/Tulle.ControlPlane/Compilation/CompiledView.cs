using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Monitoring;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;
using Destination = Tulle.Protocol.Destination;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// A snapshot that compiles what is asked of it, once for all who ask the same. What did not change since the view before
/// keeps its message and so its version.
/// </summary>
internal sealed class CompiledView : IMeshView
{
    private readonly ConcurrentDictionary<Question, Destination> _destinations = new();
    private readonly ConcurrentDictionary<ObjectKey, InboundPolicy> _inbound = new();
    private readonly ILogger _log;
    private readonly ControlPlaneCounters? _counters;
    private volatile CompiledView? _previous;

    /// <param name="snapshot">What is compiled.</param>
    /// <param name="version">Greater than the one before, also across restarts: proxies compare.</param>
    /// <param name="previous">The view before; null for the first.</param>
    /// <param name="log">Where trouble is said.</param>
    /// <param name="counters">Where work is counted; null: nowhere.</param>
    public CompiledView(MeshSnapshot snapshot, ulong version, CompiledView? previous, ILogger log, ControlPlaneCounters? counters = null)
    {
        _log = log;
        _counters = counters;
        Snapshot = snapshot;
        Version = version;
        _previous = previous;
        // Only one view back is of use; a chain would keep every snapshot there ever was.
        if (previous is not null) previous._previous = null;
    }

    public MeshSnapshot Snapshot { get; }

    public ulong Version { get; }

    public Destination Destination(string clientNamespace, string clientPod, string authority)
    {
        Pod? pod = Snapshot.Pods.GetValueOrDefault(new ObjectKey(clientNamespace, clientPod));
        Locality locality = pod is null ? Locality.Unknown : Snapshot.LocalityOf(pod);
        var question = new Question(clientNamespace, Snapshot.PodViews == PodViews.None ? "" : clientPod, locality, authority);
        return _destinations.GetOrAdd(question, static (key, view) => view.Compile(key), this);
    }

    public InboundPolicy Inbound(string @namespace, string pod) =>
        _inbound.GetOrAdd(new ObjectKey(@namespace, pod), static (key, view) => view.Compile(key), this);

    private Destination Compile(Question key)
    {
        Destination? old = _previous?._destinations.GetValueOrDefault(key);
        Destination compiled;
        long started = _counters?.Now ?? 0;
        try
        {
            Client client = key.Pod.Length > 0 && Snapshot.Pods.TryGetValue(new ObjectKey(key.Namespace, key.Pod), out Pod? pod)
                ? Client.Of(Snapshot, pod)
                : Client.In(key.Namespace, key.Locality);
            compiled = DestinationCompiler.Compile(Snapshot, client, key.Authority);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // One object that cannot be compiled must not take the client's other destinations with it.
            _counters?.OnCompilationFailed();
            _log.CompilationFailed(key.Authority, key.Namespace, error.ToString());
            return old ?? new Destination { Authority = key.Authority, Resolution = Resolution.NotFound, Version = Version };
        }
        _counters?.DestinationCompilation.Add(_counters.SecondsSince(started));
        compiled.Version = old?.Version ?? 0;
        if (compiled.Equals(old)) return old!;
        compiled.Version = Version;
        return compiled;
    }

    private InboundPolicy Compile(ObjectKey key)
    {
        InboundPolicy? old = _previous?._inbound.GetValueOrDefault(key);
        InboundPolicy compiled;
        long started = _counters?.Now ?? 0;
        try
        {
            compiled = Snapshot.Pods.TryGetValue(key, out Pod? pod)
                ? InboundCompiler.Compile(Snapshot, pod)
                : InboundCompiler.Compile(Snapshot, key.Namespace);
        }
        catch (Exception error) when (error is not OutOfMemoryException && old is not null)
        {
            // Without a last good policy the stream ends instead: to guess one could let in what was forbidden.
            _counters?.OnCompilationFailed();
            _log.CompilationFailed("inbound", key.ToString(), error.ToString());
            return old;
        }
        _counters?.InboundCompilation.Add(_counters.SecondsSince(started));
        compiled.Version = old?.Version ?? 0;
        if (compiled.Equals(old)) return old!;
        compiled.Version = Version;
        return compiled;
    }

    /// <summary>What tells answers apart: pods of one namespace and locality share theirs, unless a rule looks at the pod.</summary>
    private readonly record struct Question(string Namespace, string Pod, Locality Locality, string Authority);
}
