using System.Text;

namespace Tulle.Http;

/// <summary>
/// Header or trailer fields in a buffer, whatever codec read them. Valid as long as the buffer's content is.
/// </summary>
/// <param name="slots">Where each field lies, in the order they came; none of them a pseudo-header.</param>
/// <param name="buffer">What the slots' offsets refer to.</param>
public readonly ref struct FieldsView(ReadOnlySpan<HeaderSlot> slots, ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;

    /// <summary>Where each field lies. Those that are <see cref="HeaderSlot.IsHopByHop"/> go no further than this connection.</summary>
    public ReadOnlySpan<HeaderSlot> Slots { get; } = slots;

    /// <summary>The name as it came; compare without case.</summary>
    public ReadOnlySpan<byte> NameOf(scoped in HeaderSlot slot) => slot.Name.In(_buffer);

    public ReadOnlySpan<byte> ValueOf(scoped in HeaderSlot slot) => slot.Value.In(_buffer);

    /// <summary>The first field of that name, compared without case.</summary>
    public bool TryFind(scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int next = 0;
        return TryFind(name, ref next, out value);
    }

    /// <summary>
    /// Finds a field by name. <paramref name="next"/> is where to go on for further fields of the same name; start with 0.
    /// </summary>
    public bool TryFind(scoped ReadOnlySpan<byte> name, scoped ref int next, out ReadOnlySpan<byte> value)
    {
        while (next < Slots.Length)
        {
            ref readonly HeaderSlot slot = ref Slots[next++];
            if (slot.Name.Length != name.Length || !Ascii.EqualsIgnoreCase(slot.Name.In(_buffer), name)) continue;
            value = slot.Value.In(_buffer);
            return true;
        }
        value = default;
        return false;
    }
}
