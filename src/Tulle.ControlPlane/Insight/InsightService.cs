using Grpc.Core;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>Takes the proxies' reports and gives them tap commands.</summary>
internal sealed class InsightService(
    CallerAuthentication authentication, ProxyConnections connections, ReportPacer pacer, TrafficStore traffic, HealthStore health, HistoryRecorder history, TapRelay taps,
    TraceIntake traces, MeshEvents events, Lifetime lifetime)
    : Protocol.Insight.InsightBase
{
    public override async Task Report(
        IAsyncStreamReader<ProxyReport> requestStream, IServerStreamWriter<ProxyCommand> responseStream, ServerCallContext context)
    {
        Caller caller = await authentication.AuthenticateAsync(context).ConfigureAwait(false);
        var connection = new ProxyConnection(new ProxyId(caller.Namespace, caller.Pod.Length > 0 ? caller.Pod : caller.ServiceAccount));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        connections.Add(connection);
        try
        {
            // There may be no command for days; the headers alone tell the proxy that it is connected.
            await context.WriteResponseHeadersAsync([]).ConfigureAwait(false);
            Task writing = WriteAsync(connection, responseStream, ended.Token);
            Task reading = ReadAsync(connection, requestStream);
            Task first = await Task.WhenAny(reading, writing, lifetime.Stopped).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first.ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The proxy left without a word; it connects again by itself.
        }
        finally
        {
            if (connections.Remove(connection))
            {
                traffic.Disconnected(connection.Proxy);
                health.Forget(connection.Proxy);
                events.Left(connection.Proxy);
            }
        }
        lifetime.ThrowIfStopped();
    }

    private async Task ReadAsync(ProxyConnection connection, IAsyncStreamReader<ProxyReport> reports)
    {
        while (await reports.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            ProxyReport report = reports.Current;
            if (report.Traffic is not null)
            {
                traffic.Add(connection.Proxy, report.Traffic);
                history.Add(connection.Proxy, report.Traffic);
                pacer.Reported(connection);
            }
            else if (report.Health is not null)
            {
                health.Take(connection.Proxy, report.Health);
                events.Heard(connection.Proxy, report.Health);
            }
            else if (report.Tap is not null) taps.Deliver(connection, report.Tap.Events);
            else if (report.HasSpans) traces.Add(connection.Proxy, report.Spans);
        }
    }

    private static async Task WriteAsync(ProxyConnection connection, IServerStreamWriter<ProxyCommand> commands, CancellationToken cancellation)
    {
        await foreach (ProxyCommand command in connection.Commands.ReadAllAsync(cancellation).ConfigureAwait(false))
            await commands.WriteAsync(command).ConfigureAwait(false);
    }
}
