using Tulle.Http;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// Changes of a head's fields, gathered from route, backend and the proxy itself. Grows once to what its loop needs. A mutable
/// struct: keep it in a field.
/// </summary>
internal struct EditList
{
    private FieldEdits[]? _items;
    private int _count;

    public readonly ReadOnlySpan<FieldEdits> Items => _items.AsSpan(0, _count);

    /// <summary>Adds changes that are applied after those before.</summary>
    public void Add(FieldEdits edits)
    {
        _items ??= new FieldEdits[4];
        if (_count == _items.Length) Array.Resize(ref _items, _count * 2);
        _items[_count++] = edits;
    }

    public void Clear()
    {
        if (_count > 0) Array.Clear(_items!, 0, _count);
        _count = 0;
    }
}
