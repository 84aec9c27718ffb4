namespace Tulle.ControlPlane.Hosting;

/// <summary>When the control plane started.</summary>
internal sealed record StartTime(DateTimeOffset At);
