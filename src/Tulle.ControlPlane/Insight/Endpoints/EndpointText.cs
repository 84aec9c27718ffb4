using System.Globalization;

namespace Tulle.ControlPlane.Insight.Endpoints;

/// <summary>One endpoint in a sentence.</summary>
internal static class EndpointText
{
    public static string Of(EndpointRow row, long nowUnixMs)
    {
        if (row.Terminating) return "terminating";
        if (!row.Ready) return $"not ready: {row.NotReadyBecause}";
        int clients = ClientsOf(row.Beliefs);
        EndpointBelief[] ejected = [.. row.Beliefs.Where(belief => belief.IsEjected(nowUnixMs))];
        if (ejected.Length > 0)
        {
            EndpointBelief longest = ejected.MaxBy(belief => belief.Report.EjectedUntilUnixMs)!;
            return $"ejected by {Share(ClientsOf(ejected), clients)} until {Time(longest.Report.EjectedUntilUnixMs)}: {longest.Report.EjectedBecause}";
        }
        EndpointBelief[] failing = [.. row.Beliefs.Where(belief => belief.Report.CheckError.Length > 0)];
        if (failing.Length > 0) return $"fails the health checks of {Share(ClientsOf(failing), clients)}: {failing[0].Report.CheckError}";
        EndpointBelief[] errors = [.. row.Beliefs.Where(belief => belief.FailedLately(nowUnixMs))];
        if (errors.Length > 0)
        {
            EndpointBelief last = errors.MaxBy(belief => belief.Report.LastErrorUnixMs)!;
            return $"takes requests; {Share(ClientsOf(errors), clients)} had errors in the last minute, the last one {last.Report.LastError}";
        }
        return clients == 0 ? "ready; no client has used it" : "ready";
    }

    public static int ClientsOf(IEnumerable<EndpointBelief> beliefs) => beliefs.Select(belief => belief.Client).Distinct().Count();

    /// <summary>Time of day in UTC.</summary>
    public static string Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Share(int some, int all) => all == 1 ? "its one client" : $"{some} of {all} clients";
}
