using Tulle.Http.Http1;

namespace Tulle.Http;

/// <summary>
/// A request's head as routing, policy and logs see it, whatever codec read it. Valid as long as the buffer behind it is.
/// </summary>
public readonly ref struct RequestView
{
    /// <summary>A request whose parts are set one by one.</summary>
    public RequestView()
    {
        Scheme = "http"u8;
        Path = "/"u8;
    }

    /// <summary>A request of HTTP/1.x whose head is complete.</summary>
    public RequestView(Http1RequestHead head, ReadOnlySpan<byte> buffer)
    {
        MethodId = head.Method;
        Method = head.MethodText.In(buffer);
        // The mesh's TLS is not the application's.
        Scheme = head.Scheme.IsEmpty ? "http"u8 : head.Scheme.In(buffer);
        Authority = head.Authority.In(buffer);
        Path = head.PathIn(buffer);
        Query = head.Query.In(buffer);
        HasQuery = head.HasQuery;
        Fields = new FieldsView(head.Headers, buffer);
    }

    public KnownMethod MethodId { get; init; }

    public ReadOnlySpan<byte> Method { get; init; }

    /// <summary>Without the query, as sent: nothing is decoded or normalised. "*" for OPTIONS about the server itself.</summary>
    public ReadOnlySpan<byte> Path { get; init; }

    /// <summary>Behind the '?'.</summary>
    public ReadOnlySpan<byte> Query { get; init; }

    /// <summary>The target has a '?', maybe with nothing behind it.</summary>
    public bool HasQuery { get; init; }

    /// <summary>host[:port]; empty where the client said none.</summary>
    public ReadOnlySpan<byte> Authority { get; init; }

    /// <summary>Of an absolute target or <c>:scheme</c>, else "http".</summary>
    public ReadOnlySpan<byte> Scheme { get; init; }

    /// <summary>The header fields without pseudo-headers; with Host in HTTP/1.1.</summary>
    public FieldsView Fields { get; init; }

    /// <inheritdoc cref="FieldsView.TryFind(ReadOnlySpan{byte}, ref int, out ReadOnlySpan{byte})"/>
    public bool TryFindHeader(scoped ReadOnlySpan<byte> name, scoped ref int next, out ReadOnlySpan<byte> value) => Fields.TryFind(name, ref next, out value);
}
