using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>What became of an export.</summary>
/// <param name="Sent">The collector has it.</param>
/// <param name="Retry">It may be sent again, after <paramref name="RetryAfter"/> if that is not zero.</param>
/// <param name="Rejected">Spans that the collector did not take, of those that it has.</param>
/// <param name="Reason">Why not; empty when all is well.</param>
internal readonly record struct ExportResult(bool Sent, bool Retry, TimeSpan RetryAfter, long Rejected, string Reason);

/// <summary>Sends spans to a collector, over gRPC or HTTP.</summary>
internal sealed class OtlpTransport : IDisposable
{
    /// <summary>The specification's default.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly OtlpTarget _target;
    private readonly HttpMessageHandler _handler;
    private readonly HttpClient _client;
    private readonly GrpcChannel? _channel;

    public OtlpTransport(OtlpTarget target)
    {
        _target = target;
        // What the environment says about proxies is meant for applications, and points at sidecars.
        _handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Timeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        _client = new HttpClient(_handler) { Timeout = Timeout };
        if (target.IsGrpc) _channel = GrpcChannel.ForAddress(target.Endpoint, new GrpcChannelOptions { HttpHandler = _handler });
    }

    /// <summary>Sends once; never throws but when cancelled.</summary>
    public Task<ExportResult> SendAsync(ExportTraceServiceRequest request, CancellationToken cancellation) =>
        _channel is null ? SendHttpAsync(request, cancellation) : SendGrpcAsync(request, cancellation);

    public void Dispose()
    {
        _channel?.Dispose();
        _client.Dispose();
        _handler.Dispose();
    }

    private async Task<ExportResult> SendGrpcAsync(ExportTraceServiceRequest request, CancellationToken cancellation)
    {
        var headers = new Metadata();
        foreach ((string name, string value) in _target.Headers) headers.Add(name.ToLowerInvariant(), value);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            ExportTraceServiceResponse response =
                await new TraceService.TraceServiceClient(_channel).ExportAsync(request, headers, cancellationToken: deadline.Token).ConfigureAwait(false);
            return Accepted(response);
        }
        catch (RpcException error)
        {
            cancellation.ThrowIfCancellationRequested();
            // The codes that the specification calls retryable. RESOURCE_EXHAUSTED is one only with a hint when; a pause does no harm.
            bool retry = error.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Aborted or StatusCode.OutOfRange
                or StatusCode.Unavailable or StatusCode.DataLoss or StatusCode.ResourceExhausted;
            return new ExportResult(false, retry, TimeSpan.Zero, 0, $"{error.StatusCode}: {error.Status.Detail}");
        }
    }

    private async Task<ExportResult> SendHttpAsync(ExportTraceServiceRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _target.Endpoint) { Content = new ByteArrayContent(request.ToByteArray()) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        foreach ((string name, string value) in _target.Headers) message.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(message, HttpCompletionOption.ResponseContentRead, cancellation).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return Accepted(await ReadAsync(response, cancellation).ConfigureAwait(false));
            bool retry = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
            return new ExportResult(false, retry, response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, 0, $"HTTP status {(int)response.StatusCode}");
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return new ExportResult(false, true, TimeSpan.Zero, 0, error is OperationCanceledException ? "no answer in time" : error.Message);
        }
    }

    private static async Task<ExportTraceServiceResponse> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/x-protobuf") return new ExportTraceServiceResponse();
        try
        {
            return ExportTraceServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (InvalidProtocolBufferException)
        {
            // The spans were taken; what else it says about them is lost.
            return new ExportTraceServiceResponse();
        }
    }

    private static ExportResult Accepted(ExportTraceServiceResponse response) =>
        new(true, false, TimeSpan.Zero, response.PartialSuccess?.RejectedSpans ?? 0, response.PartialSuccess?.ErrorMessage ?? "");
}
