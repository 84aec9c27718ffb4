namespace Tulle.Cli.Commands.Top;

/// <summary>Requests that have sender, receiver, method and path in common.</summary>
internal sealed class TopRow(string source, string destination, string method, string path)
{
    public string Source => source;

    public string Destination => destination;

    public string Method => method;

    /// <summary>Without the query, and without the ids in it unless asked for.</summary>
    public string Path => path;

    public long Count { get; private set; }

    /// <summary>Of <see cref="Count"/>, those with a response of the application below 500.</summary>
    public long Successes { get; private set; }

    public double BestMs { get; private set; } = double.MaxValue;

    public double WorstMs { get; private set; }

    public double LastMs { get; private set; }

    /// <summary>Number of the newest response over all rows.</summary>
    public long Newest { get; private set; }

    public double Success => Count == 0 ? 0 : (double)Successes / Count;

    public void Add(bool success, double milliseconds, long number)
    {
        Count++;
        if (success) Successes++;
        BestMs = Math.Min(BestMs, milliseconds);
        WorstMs = Math.Max(WorstMs, milliseconds);
        LastMs = milliseconds;
        Newest = number;
    }
}
