using System.Text;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Transport;

namespace Tulle.Proxy.Health;

/// <summary>
/// Checks one endpoint again and again, on the loop that checks its backend: a connection as requests use it, under mesh mTLS
/// where the endpoint has a sidecar, and an HTTP request if one is configured, in the protocol of the backend. Loop thread only.
/// </summary>
internal sealed class EndpointChecker(Worker worker, EndpointPool pool, EndpointHealth health) : Strand(worker.Loop)
{
    // A status line is the beginning of the answer: "HTTP/1.1 200".
    private const int StatusLength = 12;

    internal const string ClosedEarly = "the connection was closed before a response";

    private Connection? _connection;
    private Http2Check? _http2;
    private bool _sent;
    private bool _stopped;
    private int _failures;
    private int _successes;
    private string _failure = "";

    /// <summary>What the checks are made with; another one from the next check on.</summary>
    public required HealthCheckModel Model { get; set; }

    /// <summary>The backend's endpoints speak HTTP/2; from the next check on.</summary>
    public required bool IsHttp2 { get; set; }

    /// <summary>The first check comes within an interval, such that the proxies of a mesh do not check all at once.</summary>
    public void Start()
    {
        SetDeadlineAt(Loop.NowMs + 1 + worker.Random.Below((uint)Math.Clamp(Model.IntervalMs, 1, int.MaxValue)));
        _ = RunAsync();
    }

    /// <summary>No more checks; what they said last is forgotten.</summary>
    public void Stop()
    {
        _stopped = true;
        health.SetFailsChecks(false, Loop.NowMicros);
        Signal();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                // 1. Wait for the next check.
                while (await this && !_stopped)
                {
                }
                if (_stopped || worker.IsDraining) return;

                // 2. Ask.
                SetDeadlineAt(Loop.NowMs + Model.TimeoutMs);
                Step step;
                while ((step = Check()) == Step.Wait)
                {
                    if (await this && !_stopped) continue;
                    _failure = $"no answer in {Model.TimeoutMs} ms";
                    step = Step.Failed;
                    break;
                }
                CloseConnection(abandoned: step != Step.Done);
                if (_stopped) return;

                // 3. Judge.
                Count(step == Step.Done);
                SetDeadlineAt(Loop.NowMs + Jittered(Model.IntervalMs));
            }
        }
        catch (Exception e)
        {
            worker.ReportError(e);
        }
        finally
        {
            ClearDeadline();
            CloseConnection(abandoned: true);
        }
    }

    private Step Check()
    {
        if (_connection is null)
        {
            // Between proxies messages stay what they are: the sidecar next to the server translates where it must.
            bool http2 = Model.IsGrpc || (Model.Request is not null && IsHttp2);
            _connection = pool.Connect(this, http2 ? TlsPurpose.Http2 : TlsPurpose.Http, out MeshError error);
            if (http2 && _connection is not null) _http2 = new Http2Check(worker, Model);
            _sent = false;
            // A limit on connections says nothing about the endpoint, and neither does a certificate that we lack.
            if (_connection is null) return error is MeshError.TooManyConnections or MeshError.NoCertificate ? Step.Done : Fail(MeshErrors.Of(error).Token);
        }
        if (!_sent)
        {
            IoStatus connected = pool.FinishConnect(_connection, out MeshError error);
            if (connected != IoStatus.Done) return connected == IoStatus.Wait ? Step.Wait : Fail(MeshErrors.Of(error).Token);
            if (Model.Request is not { } request) return Step.Done;
            if (_http2 is null && !_connection.WriteAll(request)) return Fail(ClosedEarly);
            _sent = true;
        }
        if (_http2 is not null)
        {
            Step step = _http2.Run(_connection);
            return step == Step.Failed ? Fail(_http2.Failure) : step;
        }
        if (_connection.HasUnsent && _connection.Flush() is var flushed and not IoStatus.Done) return flushed == IoStatus.Wait ? Step.Wait : Fail(ClosedEarly);
        while (_connection.Received.Length < StatusLength)
        {
            IoStatus received = _connection.Receive();
            if (received != IoStatus.Done) return received == IoStatus.Wait ? Step.Wait : Fail(ClosedEarly);
        }
        // Any 2xx.
        ReadOnlySpan<byte> line = _connection.Received[..StatusLength];
        if (line.StartsWith("HTTP/1."u8) && line[9] == (byte)'2') return Step.Done;
        return Fail(line.StartsWith("HTTP/1."u8) ? $"status {Encoding.ASCII.GetString(line[9..])}" : "no HTTP response");
    }

    private Step Fail(string why)
    {
        _failure = why;
        return Step.Failed;
    }

    private void Count(bool succeeded)
    {
        long now = Loop.NowMicros;
        if (succeeded)
        {
            _failures = 0;
            if (++_successes >= Model.HealthyThreshold) health.SetFailsChecks(false, now);
        }
        else
        {
            _successes = 0;
            if (++_failures >= Model.UnhealthyThreshold) health.SetFailsChecks(true, now, _failure);
        }
    }

    /// <summary>Up to a tenth less or more.</summary>
    private long Jittered(long intervalMs)
    {
        uint tenth = (uint)Math.Clamp(intervalMs / 10, 0, int.MaxValue / 2);
        return intervalMs - tenth + worker.Random.Below(2 * tenth + 1);
    }

    /// <param name="abandoned">The server may still be at work for it.</param>
    private void CloseConnection(bool abandoned)
    {
        if (abandoned) _connection?.CloseWithReset();
        else _connection?.Close();
        _connection = null;
        _http2?.Close();
        _http2 = null;
    }
}
