using Tulle.Http.Http1;

namespace Tulle.Http;

/// <summary>
/// A response's head as policy and logs see it, whatever codec read it. Valid as long as the buffer behind it is.
/// </summary>
public readonly ref struct ResponseView
{
    /// <summary>A response whose parts are set one by one.</summary>
    public ResponseView()
    {
    }

    /// <summary>A response of HTTP/1.x whose head is complete.</summary>
    public ResponseView(Http1ResponseHead head, ReadOnlySpan<byte> buffer)
    {
        Status = head.Status;
        ReadOnlySpan<byte> text = head.StatusText.In(buffer);
        Reason = text.Length > 4 ? text[4..] : default;
        Fields = new FieldsView(head.Headers, buffer);
    }

    /// <summary>100 to 999.</summary>
    public int Status { get; init; }

    /// <summary>The reason phrase as sent; empty where there is none, as in HTTP/2.</summary>
    public ReadOnlySpan<byte> Reason { get; init; }

    /// <summary>The header fields without pseudo-headers.</summary>
    public FieldsView Fields { get; init; }
}
