using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>OTLP over HTTP: <c>POST /v1/traces</c> with protobuf or JSON, plain or gzip. Metrics and logs are taken and thrown away.</summary>
internal sealed class OtlpHttpHandler(OtlpSpans spans)
{
    /// <summary>Longest body, unpacked: gRPC's usual limit for a message.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    public async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        bool traces = request.Path == "/v1/traces";
        if (!traces && request.Path != "/v1/metrics" && request.Path != "/v1/logs")
        {
            await SayAsync(context, 404, "traces go to /v1/traces").ConfigureAwait(false);
            return;
        }
        if (!HttpMethods.IsPost(request.Method))
        {
            await SayAsync(context, 405, "spans are sent with POST").ConfigureAwait(false);
            return;
        }
        bool json = request.ContentType?.StartsWith(Json, StringComparison.OrdinalIgnoreCase) ?? false;
        if (!json && !(request.ContentType?.StartsWith(Protobuf, StringComparison.OrdinalIgnoreCase) ?? false))
        {
            await SayAsync(context, 415, $"the content type is neither {Protobuf} nor {Json}").ConfigureAwait(false);
            return;
        }
        if (await ReadAsync(context).ConfigureAwait(false) is not { } body) return;
        ExportTraceServiceResponse response;
        try
        {
            response = traces
                ? spans.Take(json ? OtlpJson.Read(body) : ExportTraceServiceRequest.Parser.ParseFrom(body))
                : new ExportTraceServiceResponse { PartialSuccess = new ExportTracePartialSuccess { ErrorMessage = "only traces are kept here" } };
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or JsonException)
        {
            await SayAsync(context, 400, $"the body cannot be read: {error.Message}").ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = json ? Json : Protobuf;
        byte[] answer = json ? OtlpJson.Write(response) : response.ToByteArray();
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The whole body; null when it was refused.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "gzip" or "identity"))
        {
            await SayAsync(context, 415, $"content encoding \"{encoding}\" is neither gzip nor identity").ConfigureAwait(false);
            return null;
        }
        Stream body = encoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            using var whole = new MemoryStream();
            int n;
            while ((n = await body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
            {
                if (whole.Length + n > MaxBytes)
                {
                    await SayAsync(context, 413, $"the body is longer than {MaxBytes} bytes").ConfigureAwait(false);
                    return null;
                }
                whole.Write(buffer, 0, n);
            }
            return whole.ToArray();
        }
        catch (InvalidDataException)
        {
            await SayAsync(context, 400, "the body is not gzip").ConfigureAwait(false);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
