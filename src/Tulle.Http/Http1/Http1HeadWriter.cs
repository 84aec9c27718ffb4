namespace Tulle.Http.Http1;

/// <summary>
/// Writes a parsed head for the next hop. Order, case and spacing of what is forwarded stay as they came; hop-by-hop
/// fields are left out (RFC 9110 §7.6.1); Transfer-Encoding stays, because the body is relayed with its framing.
/// </summary>
public static class Http1HeadWriter
{
    /// <summary>Room for what the writer adds itself: a start line's ends, Host and Connection without their values.</summary>
    private const int OwnBytes = 128;

    /// <summary>A destination of this many bytes is always large enough.</summary>
    public static int MaxBytes(Http1Head head, in HeadEdits edits)
    {
        int added = 0;
        foreach (FieldEdits fields in edits.Fields) added += fields.AddedBytes;
        return head.Length * 2 + edits.Authority.Length + edits.Target.Length + added + OwnBytes;
    }

    /// <summary>
    /// Writes a request: an absolute target becomes origin form and its authority replaces Host (RFC 9112 §3.2.2); a
    /// CONNECT target stays. HTTP/1.0 stays 1.0, so that the server frames its response for a client which knows no chunks.
    /// </summary>
    /// <param name="head">A head whose Parse said Complete.</param>
    /// <param name="source">The buffer that was parsed.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="edits">What to change.</param>
    /// <param name="written">Bytes written; 0 when it did not fit.</param>
    /// <returns>False when the destination is too small.</returns>
    public static bool TryWriteRequest(
        Http1RequestHead head, ReadOnlySpan<byte> source, Span<byte> destination, in HeadEdits edits, out int written)
    {
        var writer = new SpanWriter(destination);
        if (!edits.Target.IsEmpty) WriteTarget(ref writer, head, source, edits.Target);
        else if (head.TargetForm == TargetForm.Absolute) WriteOriginForm(ref writer, head, source);
        else writer.Write(source[head.MethodText.Start..head.HeadersStart]);

        ReadOnlySpan<byte> host = edits.Authority;
        if (host.IsEmpty && head.TargetForm == TargetForm.Absolute) host = head.Authority.In(source);
        bool replaceHost = !host.IsEmpty && !host.SequenceEqual(head.Host.In(source));

        WriteFields(ref writer, head, source, edits, head.WantsUpgrade, replaceHost ? host : default);
        if (replaceHost && !head.HasHost) WriteField(ref writer, "Host: "u8, host);
        edits.WriteAdded(ref writer);
        WriteConnection(ref writer, head, head.WantsUpgrade, edits.Close, keepAlive: !head.IsHttp11 && head.KeepAlive);
        return End(ref writer, out written);
    }

    /// <summary>
    /// Writes a response. The version becomes 1.1, which is the proxy's own (RFC 9110 §6.2). Upgrade passes with 101 and 426,
    /// whose meaning it is.
    /// </summary>
    /// <inheritdoc cref="TryWriteRequest"/>
    public static bool TryWriteResponse(
        Http1ResponseHead head, ReadOnlySpan<byte> source, Span<byte> destination, in HeadEdits edits, out int written)
    {
        var writer = new SpanWriter(destination);
        writer.Write("HTTP/1.1 "u8);
        writer.Write(source[head.StatusText.Start..head.HeadersStart]);

        bool upgrade = head.Status is 101 or 426 && head.UpgradeSlot >= 0;
        WriteFields(ref writer, head, source, edits, upgrade, default);
        edits.WriteAdded(ref writer);
        WriteConnection(ref writer, head, upgrade, edits.Close && !head.IsInterim, edits.AnnounceKeepAlive && !head.IsInterim);
        return End(ref writer, out written);
    }

    private static void WriteOriginForm(ref SpanWriter writer, Http1RequestHead head, ReadOnlySpan<byte> source)
    {
        writer.Write(head.MethodText.In(source));
        writer.Write(" "u8);
        // RFC 9112 §3.2.4: OPTIONS for a URI with neither path nor query asks about the server itself.
        if (head.Path.IsEmpty) writer.Write(head.Method == KnownMethod.Options && !head.HasQuery ? "*"u8 : "/"u8);
        writer.Write(source[head.Path.Start..head.HeadersStart]);
    }

    private static void WriteTarget(ref SpanWriter writer, Http1RequestHead head, ReadOnlySpan<byte> source, ReadOnlySpan<byte> target)
    {
        writer.Write(head.MethodText.In(source));
        writer.Write(" "u8);
        writer.Write(target);
        writer.Write(source[head.Target.End..head.HeadersStart]);
    }

    /// <summary>Copies the forwarded field lines in runs: one copy for the whole head when nothing is left out.</summary>
    private static void WriteFields(
        ref SpanWriter writer, Http1Head head, ReadOnlySpan<byte> source, in HeadEdits edits, bool keepUpgrade, ReadOnlySpan<byte> host)
    {
        ReadOnlySpan<HeaderSlot> slots = head.Headers;
        int end = head.Length - 2;
        int runStart = head.HeadersStart;
        if (head.HasHopByHop || edits.RemovesAny || !host.IsEmpty)
        {
            for (int i = 0; i < slots.Length; i++)
            {
                ref readonly HeaderSlot slot = ref slots[i];
                bool replaced = slot.Id == KnownHeader.Host && !host.IsEmpty;
                if (!replaced && IsForwarded(slot, source, edits, keepUpgrade)) continue;

                writer.Write(source[runStart..slot.LineStart]);
                if (replaced) WriteField(ref writer, source[slot.LineStart..slot.Value.Start], host);
                runStart = i + 1 < slots.Length ? slots[i + 1].LineStart : end;
            }
        }
        writer.Write(source[runStart..end]);
    }

    private static bool IsForwarded(in HeaderSlot slot, ReadOnlySpan<byte> source, in HeadEdits edits, bool keepUpgrade)
    {
        if (slot.Id == KnownHeader.Upgrade) return keepUpgrade;
        return !slot.IsHopByHop && !edits.Removes(slot.Id, slot.Name.In(source));
    }

    private static void WriteConnection(ref SpanWriter writer, Http1Head head, bool upgrade, bool close, bool keepAlive)
    {
        if (!upgrade && !close && !keepAlive && !head.ForwardsTe) return;
        writer.Write("Connection: "u8);
        bool first = true;
        if (upgrade) WriteOption(ref writer, "Upgrade"u8, ref first);
        // RFC 9110 §10.1.4: TE is always named in Connection.
        if (head.ForwardsTe) WriteOption(ref writer, "TE"u8, ref first);
        if (close) WriteOption(ref writer, "close"u8, ref first);
        else if (keepAlive) WriteOption(ref writer, "keep-alive"u8, ref first);
        writer.Write("\r\n"u8);
    }

    private static void WriteOption(ref SpanWriter writer, ReadOnlySpan<byte> option, ref bool first)
    {
        if (!first) writer.Write(", "u8);
        writer.Write(option);
        first = false;
    }

    private static void WriteField(ref SpanWriter writer, ReadOnlySpan<byte> nameAndColon, ReadOnlySpan<byte> value)
    {
        writer.Write(nameAndColon);
        writer.Write(value);
        writer.Write("\r\n"u8);
    }

    private static bool End(ref SpanWriter writer, out int written)
    {
        writer.Write("\r\n"u8);
        written = writer.Overflowed ? 0 : writer.Written;
        return !writer.Overflowed;
    }
}
