using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Protobuf;
using Tulle.Model.Documents;

namespace Tulle.ApiServer.Http;

/// <summary>Reading the bodies of requests.</summary>
internal static class Bodies
{
    /// <summary>Largest body taken. kube-apiserver's limit is 3 MiB too.</summary>
    public const long MaxSize = 3 * 1024 * 1024;

    /// <summary>The media type of the body without parameters; <c>application/json</c> when none is named.</summary>
    public static string MediaType(this HttpRequest request)
    {
        string type = request.ContentType ?? "application/json";
        int end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().ToLowerInvariant();
    }

    /// <summary>
    /// Beyond this the connection is cut. Between the two limits the rest of the body is read and dropped, because a client that still
    /// sends would see a broken connection instead of the answer.
    /// </summary>
    public const long MaxDrained = 8 * MaxSize;

    public static async Task<byte[]> ReadBytesAsync(this HttpRequest request)
    {
        if (request.ContentLength > MaxSize) throw ApiErrors.TooLarge(MaxSize);
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        byte[] block = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (int read; (read = await request.Body.ReadAsync(block, request.HttpContext.RequestAborted)) > 0;)
            {
                if (buffer.Length + read > MaxSize) throw ApiErrors.TooLarge(MaxSize);
                buffer.Write(block, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        return buffer.ToArray();
    }

    /// <summary>The object in the body, as JSON or YAML.</summary>
    public static async Task<JsonObject> ReadObjectAsync(this HttpRequest request)
    {
        byte[] body = await request.ReadBytesAsync();
        return request.MediaType() switch
        {
            "application/json" => ParseJson(body),
            "application/yaml" or "application/x-yaml" => ParseYaml(body),
            ProtobufDecoder.MediaType => ProtobufDecoder.Decode(body),
            var other => throw ApiErrors.UnsupportedMediaType(other, "application/json, application/yaml"),
        };
    }

    /// <summary>The object in the body, or null when there is no body.</summary>
    public static async Task<JsonObject?> ReadOptionalObjectAsync(this HttpRequest request)
    {
        byte[] body = await request.ReadBytesAsync();
        if (body.Length == 0) return null;
        return request.MediaType() == ProtobufDecoder.MediaType ? ProtobufDecoder.Decode(body) : ParseJson(body);
    }

    public static JsonObject ParseJson(byte[] body)
    {
        try
        {
            return Json.ParseObject(body);
        }
        catch (JsonException e)
        {
            throw ApiErrors.BadRequest($"the body of the request is not a valid JSON object: {e.Message}");
        }
    }

    public static JsonObject ParseYaml(byte[] body)
    {
        ReadResult read = DocumentReader.ReadYaml(Encoding.UTF8.GetString(body));
        if (read.HasErrors) throw ApiErrors.BadRequest($"the body of the request is not valid YAML: {read.Findings[0]}");
        if (read.Documents is not [MappingNode mapping]) throw ApiErrors.BadRequest("the body of the request must be one YAML document that is a mapping");
        return JsonNodes.ToJson(mapping);
    }
}
