namespace Tulle.Model.Validation;

/// <summary>Finds the word that someone probably meant.</summary>
public static class NearMiss
{
    // No field of any kind is longer; the comparison is quadratic, and what is written may be hostile.
    private const int MaxLength = 64;

    /// <summary>The known word closest to the one written; null when none is close. Never the word itself.</summary>
    /// <param name="written">What somebody wrote.</param>
    /// <param name="known">What may have been meant.</param>
    public static string? Find(string written, IEnumerable<string> known)
    {
        if (written.Length > MaxLength)
            return null;
        string? best = null;
        (int Distance, int Lengths) bestRank = (int.MaxValue, 0);
        foreach (string candidate in known)
        {
            if (candidate == written)
                continue;
            int distance = Distance(written.ToLowerInvariant(), candidate.ToLowerInvariant());
            // Two letters swapped are likelier than one left out, so among equals the word of the same length wins.
            (int, int) rank = (distance, Math.Abs(written.Length - candidate.Length));
            if (rank.CompareTo(bestRank) >= 0 || distance > Allowed(written, candidate))
                continue;
            best = candidate;
            bestRank = rank;
        }
        return best;
    }

    /// <summary>A remedy that names the near miss; empty when there is none.</summary>
    public static string Hint(string written, IEnumerable<string> known) => Find(written, known) is { } near ? $"did you mean \"{near}\"?" : "";

    // A third of the shorter word: "host" for "hosts", "metod" for "method", but not "port" for "host".
    private static int Allowed(string a, string b) => Math.Max(1, Math.Min(a.Length, b.Length) / 3);

    // Optimal string alignment: insertions, deletions, replacements and swaps of neighbours cost 1 each.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replace, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
