using Grpc.Core;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Insight.Reports;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>Takes the proxies' reports and gives them tap commands.</summary>
internal sealed class InsightService(
    CallerAuthentication authentication, ProxyConnections connections, ReportPacer pacer, TrafficStore traffic, HealthStore health, HistoryRecorder history, TapRelay taps,
    TraceIntake traces, MeshEvents events, Lifetime lifetime)
    : ReportService
{
    public override async Task Report(
        IAsyncStreamReader<ReceivedReport> requestStream, IServerStreamWriter<ProxyCommand> responseStream, ServerCallContext context)
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

    private async Task ReadAsync(ProxyConnection connection, IAsyncStreamReader<ReceivedReport> reports)
    {
        while (await reports.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            ReceivedReport report = reports.Current;
            Take(connection, report);
            report.Release();
        }
    }

    private void Take(ProxyConnection connection, ReceivedReport report)
    {
        if (report.Traffic is { } counts)
        {
            traffic.Add(connection.Proxy, counts);
            history.Add(connection.Proxy, counts);
            pacer.Reported(connection);
        }
        else if (report.Other is { Health: { } beliefs })
        {
            health.Take(connection.Proxy, beliefs);
            events.Heard(connection.Proxy, beliefs);
        }
        else if (report.Other is { Tap: { } tapped }) taps.Deliver(connection, tapped.Events);
        else if (report.Other is { HasSpans: true } spans) traces.Add(connection.Proxy, spans.Spans);
    }

    private static async Task WriteAsync(ProxyConnection connection, IServerStreamWriter<ProxyCommand> commands, CancellationToken cancellation)
    {
        await foreach (ProxyCommand command in connection.Commands.ReadAllAsync(cancellation).ConfigureAwait(false))
            await commands.WriteAsync(command).ConfigureAwait(false);
    }
}
