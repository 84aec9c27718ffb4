using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

internal abstract partial class HttpSession
{
    private long _countedToClient;
    private long _countedToServer;

    /// <summary>Step 8: the response is complete.</summary>
    private void FinishExchange()
    {
        Exchange exchange = Exchange;
        long duration = Loop.NowMicros - exchange.StartMicros;
        CountBytes();
        if (exchange.Policies.Retries > 0 && exchange.Status < 500) Worker.Metrics.Policies.Count(PolicyEvent.RetrySuccess);
        bool failed = exchange.IsMeshAnswer || IsFailure();
        if (exchange.IsMeshAnswer) exchange.Series?.RecordMeshError(exchange.Status, duration);
        else exchange.Series?.RecordResponse(exchange.Status, failed, exchange.GrpcStatus, duration);
        RecordExemplar(duration);
        RecordDetails(!failed, duration, exchange.IsMeshAnswer);
        if (exchange.TapStream != 0) Worker.Tap.OnEnd(exchange.TapStream, duration, exchange.ResponseContentBytes, null);
        OnExchangeEnded(failed);
    }

    /// <summary>Step 8: answers for the server, or cuts off what cannot be completed.</summary>
    private void FailExchange()
    {
        CountBytes();
        if (_clientGone || Downstream.ResponseStarted) CutOff();
        else AnswerLocally();
        _answer = null;
    }

    private void CutOff()
    {
        Exchange exchange = Exchange;
        MeshErrorModel model = MeshErrors.Of(_error);
        long duration = Loop.NowMicros - exchange.StartMicros;
        exchange.Flags |= model.Flag;
        exchange.Series?.RecordResponse(0, isFailure: true, exchange.GrpcStatus, duration);
        RecordDetails(isSuccess: false, duration);
        if (_error is not (MeshError.None or MeshError.ClientGone)) Worker.Metrics.CountError(Direction, model.Token);
        if (_error != MeshError.None) exchange.Series?.CountError(_error);
        string reason = _clientGone ? "client-reset" : model.Token;
        if (exchange.TapStream != 0) Worker.Tap.OnEnd(exchange.TapStream, duration, exchange.ResponseContentBytes, reason);
        OnExchangeEnded(failed: _error != MeshError.ClientGone);
        // Also where the client is gone: what it might still read must not look complete.
        Downstream.Reset(_error);
        _clientGone = Client is not null;
    }

    private void AnswerLocally()
    {
        Exchange exchange = Exchange;
        MeshErrorModel model = MeshErrors.Of(_error);
        LocalAnswer answer = _answer ?? (IsGrpc() ? model.GrpcAnswer : model.Answer);
        if (_error == MeshError.RateLimited) answer = Worker.Answers.Later(answer, _rateWaitMicros);
        long duration = Loop.NowMicros - exchange.StartMicros;
        exchange.Status = answer.Status;
        exchange.Flags |= model.Flag;
        if (_error == MeshError.None)
        {
            exchange.Series?.RecordResponse(answer.Status, IsFailure(answer.Status), grpcStatus: -1, duration);
        }
        else
        {
            exchange.Series?.RecordMeshError(answer.Status, duration);
            exchange.Series?.CountError(_error);
            Worker.Metrics.CountError(Direction, model.Token);
        }
        RecordDetails(_error == MeshError.None && !IsFailure(answer.Status), duration, isMeshError: _error != MeshError.None);
        if (exchange.TapStream != 0)
        {
            Worker.Tap.OnResponse(exchange.TapStream, answer.Status, duration, _error == MeshError.None ? null : model.Token, default);
            Worker.Tap.OnEnd(exchange.TapStream, duration, answer.Body.Length, null);
        }
        // Before the answer: a client that does not take it takes its request with it.
        OnExchangeEnded(failed: _error != MeshError.None || IsFailure(answer.Status));
        exchange.Deadlines.OnAnswer(Loop.NowMs + (long)Worker.Config.IdleTimeout.TotalMilliseconds);
        if (!Downstream.Answer(answer)) _clientGone = Client is not null;
    }

    /// <summary>Step 8 goes on: the client takes an answer of our own more slowly than it is given. Done also when it takes no more.</summary>
    private Step SendAnswer()
    {
        if (_clientGone || !Downstream.HasUnsent || Downstream.Flush() != IoStatus.Wait) return Step.Done;
        if (!Downstream.CheckGone() && Exchange.Deadlines.Due(Loop.NowMs) == MeshError.None) return Step.Wait;
        Downstream.Reset(MeshError.ClientGone);
        _clientGone = Client is not null;
        return Step.Done;
    }

    /// <summary>gRPC clients look for the reason in grpc-status, whatever the status of HTTP says.</summary>
    private bool IsGrpc() =>
        !Downstream.IsHttp1 && Downstream.Request.Fields.TryFind("content-type"u8, out ReadOnlySpan<byte> type)
        && IsGrpcType(type);

    /// <summary>Adds what was written since the last time to the series; it may have become known only now.</summary>
    private void CountBytes()
    {
        TrafficSeries? series = Exchange.Series;
        if (series is null) return;
        long toClient = Downstream.BytesWritten - _countedToClient;
        long toServer = _upstream is null ? 0 : _upstream.BytesWritten - _countedToServer;
        _countedToClient += toClient;
        _countedToServer += toServer;
        if (Direction == Protocol.Direction.Outbound)
        {
            series.BytesSent += toServer;
            series.BytesReceived += toClient;
        }
        else
        {
            series.BytesReceived += toServer;
            series.BytesSent += toClient;
        }
    }

    /// <summary>After step 8: what the exchange held is free again.</summary>
    private void ReturnExchange()
    {
        if (_exchange is null) return;
        if (_exchange.Policies.IsAdmitted) Worker.InFlight--;
        _exchange.Policies.Release(this);
        Worker.Exchanges.Return(_exchange);
        _exchange = null;
        _error = MeshError.None;
        _needsFresh = false;
        // The next head of a connection moves the deadline; a stream may not come for long.
        if (Client is null) ClearDeadline();
    }
}
