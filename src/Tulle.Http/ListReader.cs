namespace Tulle.Http;

/// <summary>Walks the elements of a comma-separated field value, skipping empty ones (RFC 9110 §5.6.1.2).</summary>
internal ref struct ListReader(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    /// <summary>The next element without the white space around it; false at the end.</summary>
    public bool TryRead(out ReadOnlySpan<byte> element)
    {
        while (!_rest.IsEmpty)
        {
            int comma = _rest.IndexOf((byte)',');
            element = (comma < 0 ? _rest : _rest[..comma]).Trim(" \t"u8);
            _rest = comma < 0 ? default : _rest[(comma + 1)..];
            if (!element.IsEmpty) return true;
        }
        element = default;
        return false;
    }
}
