using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Monitoring;
using Tulle.ControlPlane.Registry;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Turns each snapshot into a view and puts it in force. Called by the registry's thread only.</summary>
internal sealed class ViewPublisher(MeshViews views, TimeProvider clock, ControlPlaneCounters counters, ILogger<ViewPublisher> log)
{
    private CompiledView? _current;

    public void Publish(MeshSnapshot snapshot)
    {
        // Milliseconds since 1970, so that versions also grow across restarts of the control plane.
        ulong now = (ulong)Math.Max(1, clock.GetUtcNow().ToUnixTimeMilliseconds());
        _current = new CompiledView(snapshot, _current is null ? now : Math.Max(now, _current.Version + 1), _current, log, counters);
        counters.OnView();
        views.Publish(_current);
    }
}
