using System.Text;

namespace Tulle.Http;

/// <summary>
/// One compiled set of changes to the fields of a head: first fields are removed, then others added. Immutable; any thread; but for one whose
/// added fields change, which belongs to one thread.
/// </summary>
public sealed class FieldEdits
{
    private readonly HeaderNameSet _removed;
    private readonly HeaderNameSet _addedNames;
    private readonly FieldLine[] _added;
    private readonly byte[]? _lines;

    /// <param name="removed">Names to leave out.</param>
    /// <param name="set">Fields that replace all fields of their name.</param>
    /// <param name="added">Fields that stand beside those of their name.</param>
    public FieldEdits(IEnumerable<string> removed, IEnumerable<FieldLine> set, IEnumerable<FieldLine> added)
    {
        FieldLine[] replacing = [.. set];
        _removed = new HeaderNameSet([.. removed, .. replacing.Select(NameOf)]);
        _added = [.. replacing, .. added];
        _addedNames = new HeaderNameSet([.. _added.Select(NameOf)]);
        if (_added.Any(line => line.ChangesLength)) return;
        _lines = new byte[_added.Sum(line => line.Line.Length)];
        int start = 0;
        for (int i = 0; i < _added.Length; i++)
        {
            _added[i] = new FieldLine(_added[i], _lines, start);
            start += _added[i].Line.Length;
        }
    }

    /// <summary>Fields to write behind the message's own.</summary>
    public ReadOnlySpan<FieldLine> Added => _added;

    /// <summary>Those fields as lines of HTTP/1.1, in one piece; empty also where they have to be put together, one by one.</summary>
    public ReadOnlySpan<byte> AddedLines => _lines;

    /// <summary>Length of those lines in bytes.</summary>
    public int AddedBytes
    {
        get
        {
            if (_lines is not null) return _lines.Length;
            int bytes = 0;
            foreach (FieldLine line in _added) bytes += line.Line.Length;
            return bytes;
        }
    }

    /// <summary>
    /// <see cref="AddedLines"/>, for whoever made the edits for messages of one thread and sets values anew for each. Lengths stay.
    /// </summary>
    public Span<byte> ChangeLines() => _lines;

    /// <summary>Where in <see cref="AddedLines"/> the value of an added field lies; 0 when none of that name is added.</summary>
    public int ValueStart(FieldLine field) => _added.FirstOrDefault(line => line.Name.SequenceEqual(field.Name))?.ValueStart ?? 0;

    /// <summary>Whether any fields are left out.</summary>
    public bool RemovesAny => !_removed.IsEmpty;

    /// <summary>Whether that field is left out.</summary>
    /// <param name="id">What its name was recognised as.</param>
    /// <param name="name">Compared without case.</param>
    public bool Removes(KnownHeader id, ReadOnlySpan<byte> name) => _removed.Contains(id, name);

    /// <summary>False when nothing that the other ones add is left out; true when something may be.</summary>
    internal bool MayRemoveAddedBy(FieldEdits other) => _removed.MayMeet(other._addedNames);

    private static string NameOf(FieldLine line) => Encoding.ASCII.GetString(line.Name);
}
