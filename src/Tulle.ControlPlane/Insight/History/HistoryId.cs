namespace Tulle.ControlPlane.Insight.History;

/// <summary>A series that is kept for days: one of a proxy's, summed over the replicas of its workload and over backends.</summary>
/// <param name="Namespace">Of the workload.</param>
/// <param name="Workload">Whose proxies reported it, <c>deployment/web</c>.</param>
/// <param name="Series">What it is about; without a backend.</param>
internal readonly record struct HistoryId(string Namespace, string Workload, SeriesId Series);
