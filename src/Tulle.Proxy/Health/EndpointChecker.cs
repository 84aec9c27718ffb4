using System.Text;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Transport;

namespace Tulle.Proxy.Health;

/// <summary>
/// Checks one endpoint again and again, on the loop that checks its backend: a connection as requests use it, under mesh mTLS
/// where the endpoint has a sidecar, and an HTTP GET if one is configured. Loop thread only.
/// </summary>
internal sealed class EndpointChecker(Worker worker, EndpointPool pool, EndpointHealth health, HealthCheckModel model) : Strand(worker.Loop)
{
    // A status line is the beginning of the answer: "HTTP/1.1 200".
    private const int StatusLength = 12;

    private const string ClosedEarly = "the connection was closed before a response";

    private Connection? _connection;
    private bool _sent;
    private bool _stopped;
    private int _failures;
    private int _successes;
    private string _failure = "";

    /// <summary>What the checks are made with; another one from the next check on.</summary>
    public HealthCheckModel Model { get; set; } = model;

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
                CloseConnection();
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
            CloseConnection();
        }
    }

    private Step Check()
    {
        if (_connection is null)
        {
            _connection = pool.Connect(this, TlsPurpose.Http, out MeshError error);
            _sent = false;
            // A limit on connections says nothing about the endpoint, and neither does a certificate that we lack.
            if (_connection is null) return error is MeshError.TooManyConnections or MeshError.NoCertificate ? Step.Done : Fail(MeshErrors.Of(error).Token);
        }
        if (!_sent)
        {
            IoStatus connected = pool.FinishConnect(_connection, out MeshError error);
            if (connected != IoStatus.Done) return connected == IoStatus.Wait ? Step.Wait : Fail(MeshErrors.Of(error).Token);
            if (Model.Request is not { } request) return Step.Done;
            if (!_connection.WriteAll(request)) return Fail(ClosedEarly);
            _sent = true;
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

    private void CloseConnection()
    {
        _connection?.Close();
        _connection = null;
    }
}
