using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Http;

/// <summary>Writing answers.</summary>
internal static class Responses
{
    private const string JsonType = "application/json";

    public static async Task WriteJsonAsync(this HttpContext http, JsonNode value, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = JsonType;
        await using (Utf8JsonWriter writer = Json.Writer(http.Response.BodyWriter)) value.WriteTo(writer);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    public static async Task WriteBytesAsync(this HttpContext http, ReadOnlyMemory<byte> body, string type = JsonType, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    public static Task WriteTextAsync(this HttpContext http, string text, int status = 200) =>
        http.WriteBytesAsync(System.Text.Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", status);

    public static Task WriteStatusAsync(this HttpContext http, ApiException error)
    {
        if (error.Code == 401) http.Response.Headers.WWWAuthenticate = "Bearer realm=\"tulle\"";
        if (error.Code == 429) http.Response.Headers.RetryAfter = "1";
        return http.WriteJsonAsync(error.ToStatus(), error.Code);
    }

    /// <summary>Writes a stored object whole, in the version asked for.</summary>
    public static void WriteObject(this PipeWriter writer, ReadOnlySpan<byte> head, byte[] json)
    {
        writer.Append(head);
        writer.Append(ObjectEncoding.Tail(json));
    }

    public static void Append(this PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
    }

    /// <summary>Tells the author of a request something that did not stop it. kubectl prints it.</summary>
    public static void Warn(this HttpContext http, string text)
    {
        // RFC 9110 5.5: field values are printable; kube-apiserver cuts warnings at 4 KiB in all, and so must we to stay in a head.
        const int maxLength = 1024;
        const int maxWarnings = 16;
        if (http.Response.Headers["Warning"].Count >= maxWarnings) return;
        string clean = string.Concat(text.Take(maxLength).Select(c => c switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            < ' ' => " ",
            > '~' => "?",
            _ => c.ToString(),
        }));
        http.Response.Headers.Append("Warning", $"299 - \"{clean}\"");
    }
}
