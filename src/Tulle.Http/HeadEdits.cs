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
    public readonly bool Removes(ReadOnlySpan<byte> name)
    {
        foreach (FieldEdits edits in Fields)
        {
            if (edits.Removes(name)) return true;
        }
        return false;
    }

    /// <summary>Whether a field that <see cref="Fields"/>[<paramref name="index"/>] adds is left out by a later one.</summary>
    public readonly bool RemovesAdded(int index, ReadOnlySpan<byte> name)
    {
        for (int i = index + 1; i < Fields.Length; i++)
        {
            if (Fields[i].Removes(name)) return true;
        }
        return false;
    }
}
