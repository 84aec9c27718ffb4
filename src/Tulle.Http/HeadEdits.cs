using Tulle.Http.Http1;

namespace Tulle.Http;

/// <summary>
/// What the proxy changes in a head that it forwards, beyond the hop-by-hop fields, whatever the codec. The default changes
/// nothing.
/// </summary>
public ref struct HeadEdits
{
    /// <summary>Replaces the authority (Host, <c>:authority</c>); empty keeps the request's own. Requests only.</summary>
    public ReadOnlySpan<byte> Authority { get; init; }

    /// <summary>Replaces path and query, in origin form; empty keeps the request's own. Requests only.</summary>
    public ReadOnlySpan<byte> Target { get; init; }

    /// <summary>
    /// Changes of fields, applied one after the other: a later one also removes what an earlier one added. Empty for none.
    /// </summary>
    public ReadOnlySpan<FieldEdits> Fields { get; init; }

    /// <summary>The HTTP/1.1 connection that the head is written to ends with this message: adds <c>Connection: close</c>.</summary>
    public bool Close { get; init; }

    /// <summary>
    /// The client speaks HTTP/1.0 and keeps the connection only when told so: adds <c>Connection: keep-alive</c>. HTTP/1.1
    /// responses only.
    /// </summary>
    public bool AnnounceKeepAlive { get; init; }

    /// <summary>Whether any field of the message itself may be left out, so that each must be looked at.</summary>
    public readonly bool RemovesAny
    {
        get
        {
            foreach (FieldEdits edits in Fields)
            {
                if (edits.RemovesAny) return true;
            }
            return false;
        }
    }

    /// <summary>Whether a field of the message itself is left out.</summary>
    /// <param name="id">What its name was recognised as.</param>
    /// <param name="name">Compared without case.</param>
    public readonly bool Removes(KnownHeader id, ReadOnlySpan<byte> name)
    {
        foreach (FieldEdits edits in Fields)
        {
            if (edits.Removes(id, name)) return true;
        }
        return false;
    }

    /// <summary>Whether a field that <see cref="Fields"/>[<paramref name="index"/>] adds is left out by a later one.</summary>
    public readonly bool RemovesAdded(int index, FieldLine line)
    {
        for (int i = index + 1; i < Fields.Length; i++)
        {
            if (Fields[i].Removes(line.Id, line.Name)) return true;
        }
        return false;
    }

    /// <summary>Writes what is added, as lines of HTTP/1.1.</summary>
    public readonly void WriteAdded(ref SpanWriter writer)
    {
        for (int i = 0; i < Fields.Length; i++)
        {
            if (!Fields[i].AddedLines.IsEmpty && !MayRemoveAdded(i))
            {
                writer.Write(Fields[i].AddedLines);
                continue;
            }
            foreach (FieldLine line in Fields[i].Added)
            {
                if (!RemovesAdded(i, line)) writer.Write(line.Line);
            }
        }
    }

    private readonly bool MayRemoveAdded(int index)
    {
        for (int i = index + 1; i < Fields.Length; i++)
        {
            if (Fields[i].MayRemoveAddedBy(Fields[index])) return true;
        }
        return false;
    }
}
