namespace Tulle.Protocol;

/// <summary>The names of an enumeration's values for people and files. Upper and lower case matter. Immutable; any thread.</summary>
/// <param name="otherwise">Name of a value that is not in the table.</param>
/// <param name="all">Each value that has a name.</param>
public sealed class NameTable<T>(string otherwise, params (string Name, T Value)[] all)
    where T : struct, Enum
{
    /// <summary>Each value that has a name.</summary>
    public IReadOnlyList<(string Name, T Value)> All => all;

    /// <summary>The name of a value.</summary>
    public string Of(T value)
    {
        foreach ((string name, T candidate) in all)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value)) return name;
        }
        return otherwise;
    }

    /// <summary>The value of that name; false when there is none.</summary>
    public bool TryFind(ReadOnlySpan<char> text, out T value)
    {
        foreach ((string name, T candidate) in all)
        {
            value = candidate;
            if (text.SequenceEqual(name)) return true;
        }
        value = default;
        return false;
    }
}
