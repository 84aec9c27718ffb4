using System.Text;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Http2;

public sealed partial class Http2Head
{
    /// <summary>Takes a request that came in HTTP/1.1, as HTTP/2 would have brought it. To be followed by <see cref="FinishRequest"/>.</summary>
    internal void SetRequest(in RequestView request)
    {
        AddField(":method"u8, request.Method);
        AddField(":scheme"u8, request.Scheme);
        AddField(":path"u8, request.Path, request.HasQuery ? "?"u8 : default, request.Query);
        if (!request.Authority.IsEmpty) AddField(":authority"u8, request.Authority);
        foreach (ref readonly HeaderSlot slot in request.Fields.Slots)
        {
            // Host is :authority now.
            if (!slot.IsHopByHop && slot.Id != KnownHeader.Host) AddField(request.Fields.NameOf(slot), request.Fields.ValueOf(slot));
        }
    }

    /// <summary>Adds a field whose value may be given in parts.</summary>
    private void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ReadOnlySpan<byte> separator = default, ReadOnlySpan<byte> rest = default)
    {
        int start = name.Length + 2, length = value.Length + separator.Length + rest.Length;
        Span<byte> field = Tail(0, start + length);
        _ = Ascii.ToLower(name, field, out _);
        value.CopyTo(field[start..]);
        separator.CopyTo(field[(start + value.Length)..]);
        rest.CopyTo(field[(start + value.Length + separator.Length)..]);
        CommitTail(name.Length, length, FieldTraits.Of(field[..name.Length], field[start..]), neverIndexed: false);
    }
}
