using Tulle.Http;
using Tulle.Http.Http2;

namespace Tulle.Proxy.Http2;

/// <summary>Writes the fields of a message that came by any codec into a head of HTTP/2.</summary>
internal static class Http2Fields
{
    /// <summary>Writes what is to be forwarded: no field of the connection (RFC 9113 §8.2.2), none that the edits remove, then those they add.</summary>
    public static void Write(Http2Connection codec, in FieldsView fields, in HeadEdits edits)
    {
        bool edited = !edits.Fields.IsEmpty;
        foreach (ref readonly HeaderSlot slot in fields.Slots)
        {
            if (slot.IsHopByHop || IsOfConnection(slot.Id)) continue;
            ReadOnlySpan<byte> name = fields.NameOf(slot), value = fields.ValueOf(slot);
            if (slot.Id == KnownHeader.Te && !value.SequenceEqual("trailers"u8)) continue;
            if (edited && edits.Removes(slot.Id, name)) continue;
            codec.Field(name, value, slot.IsNeverIndexed);
        }
        for (int i = 0; i < edits.Fields.Length; i++)
        {
            foreach (FieldLine line in edits.Fields[i].Added)
            {
                if (!edits.RemovesAdded(i, line)) codec.Field(line.Name, line.Value);
            }
        }
    }

    /// <summary>Writes trailers.</summary>
    public static void WriteTrailers(Http2Connection codec, in FieldsView trailers)
    {
        foreach (ref readonly HeaderSlot slot in trailers.Slots)
        {
            if (!slot.IsHopByHop && !IsOfConnection(slot.Id)) codec.Field(trailers.NameOf(slot), trailers.ValueOf(slot), slot.IsNeverIndexed);
        }
    }

    // Host is :authority here.
    private static bool IsOfConnection(KnownHeader id) => id is KnownHeader.Host or KnownHeader.Connection or KnownHeader.KeepAlive
        or KnownHeader.ProxyConnection or KnownHeader.TransferEncoding or KnownHeader.Upgrade;
}
