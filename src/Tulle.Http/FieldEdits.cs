namespace Tulle.Http;

/// <summary>One compiled set of changes to the fields of a head: first fields are removed, then others added. Immutable; any thread.</summary>
public sealed class FieldEdits
{
    private readonly HeaderNameSet _removed;
    private readonly FieldLine[] _added;

    /// <param name="removed">Names to leave out.</param>
    /// <param name="set">Fields that replace all fields of their name.</param>
    /// <param name="added">Fields that stand beside those of their name.</param>
    public FieldEdits(IEnumerable<string> removed, IEnumerable<FieldLine> set, IEnumerable<FieldLine> added)
    {
        FieldLine[] replacing = [.. set];
        _removed = new HeaderNameSet([.. removed, .. replacing.Select(line => System.Text.Encoding.ASCII.GetString(line.Name))]);
        _added = [.. replacing, .. added];
    }

    /// <summary>Fields to write behind the message's own.</summary>
    public ReadOnlySpan<FieldLine> Added => _added;

    /// <summary>Whether any fields are left out.</summary>
    public bool RemovesAny => !_removed.IsEmpty;

    /// <summary>Whether fields of that name are left out.</summary>
    public bool Removes(ReadOnlySpan<byte> name) => _removed.Contains(name);
}
