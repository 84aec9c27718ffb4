using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>What a route answers itself. Immutable; any thread.</summary>
internal sealed class DirectResponseModel
{
    private DirectResponseModel(DirectResponse response)
    {
        Status = (int)response.Status;
        Body = response.Body.ToByteArray();
        string type = response.ContentType.Length == 0 && Body.Length > 0 ? "text/plain" : response.ContentType;
        if (type.Length > 0) ContentType = new FieldLine("content-type", type);
    }

    public int Status { get; }

    public byte[] Body { get; }

    /// <summary>Null: no such field.</summary>
    public FieldLine? ContentType { get; }

    /// <summary>Compiles a response; an error says what is wrong with it.</summary>
    public static (DirectResponseModel? Model, string? Error) Compile(DirectResponse response)
    {
        if (response.Status is < 200 or > 599) return (null, $"direct response: status {response.Status} is not between 200 and 599");
        if (response.Body.Length > RouteLimits.DirectResponseBytes) return (null, $"direct response: the body is longer than {RouteLimits.DirectResponseBytes} bytes");
        if (response.Status is 204 or 304 && response.Body.Length > 0) return (null, $"direct response: status {response.Status} has no body");
        if (response.ContentType.Any(c => c is < ' ' or > '~')) return (null, "direct response: the content type has characters that a header cannot have");
        return (new DirectResponseModel(response), null);
    }
}
