namespace Tulle.Http.Fuzz;

/// <summary>A small mutation fuzzer without coverage feedback: deterministic, in process, fast enough for every test run.</summary>
internal static class Smoke
{
    private static readonly byte[] Interesting = [.. "\r\n \t:;,0159afAFGxX/?*\0\u007f"u8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x20, 0x40, 0x80, 0xFF];

    /// <summary>Runs a target on its seeds and on mutations of them; false when a promise was broken or it threw.</summary>
    public static bool Run(IFuzzTarget target, int iterations, int seed, TextWriter output, TextWriter error)
    {
        byte[][] corpus = Corpus(target);
        var random = new Random(seed);
        for (int i = 0; i < iterations; i++)
        {
            byte[] input = i < corpus.Length ? corpus[i] : Mutate(corpus, random);
            try
            {
                target.Run(input);
            }
            catch (Exception e)
            {
                error.WriteLine($"{target.Name}: input {i} of seed {seed} fails: {e}");
                error.WriteLine(Convert.ToHexString(input));
                return false;
            }
        }
        output.WriteLine($"{target.Name}: {iterations} inputs pass.");
        return true;
    }

    /// <summary>Runs targets in turn until the time is over, and says how many inputs each took and how much memory was used.</summary>
    public static bool RunForTime(IFuzzTarget[] targets, TimeSpan time, int seed, TimeProvider clock, TextWriter output, TextWriter error)
    {
        byte[][][] corpora = [.. targets.Select(Corpus)];
        var counts = new long[targets.Length];
        var random = new Random(seed);
        long start = clock.GetTimestamp(), slowest = 0, largest = 0;
        for (long i = 0; clock.GetElapsedTime(start) < time; i++)
        {
            int t = (int)(i % targets.Length);
            byte[] input = Mutate(corpora[t], random);
            // Mutations of mutations go where one of a seed does not.
            for (int more = random.Next(3); more > 0; more--) input = Mutate([input, .. corpora[t]], random);
            long began = clock.GetTimestamp();
            try
            {
                targets[t].Run(input);
            }
            catch (Exception e)
            {
                error.WriteLine($"{targets[t].Name}: input {i} of seed {seed} fails: {e}");
                error.WriteLine(Convert.ToHexString(input));
                return false;
            }
            counts[t]++;
            slowest = Math.Max(slowest, clock.GetTimestamp() - began);
            if ((i & 0xFFFF) == 0) largest = Math.Max(largest, Environment.WorkingSet);
        }
        for (int t = 0; t < targets.Length; t++) output.WriteLine($"{targets[t].Name}: {counts[t]} inputs pass.");
        double milliseconds = slowest * 1000.0 / clock.TimestampFrequency;
        output.WriteLine($"{clock.GetElapsedTime(start).TotalMinutes:F1} minutes, slowest input {milliseconds:F1} ms, working set at most {largest / 1024 / 1024} MiB.");
        return true;
    }

    private static byte[][] Corpus(IFuzzTarget target)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Corpus", target.Name);
        return [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    private static byte[] Mutate(byte[][] corpus, Random random)
    {
        var bytes = new List<byte>(corpus[random.Next(corpus.Length)]);
        for (int left = random.Next(1, 6); left > 0; left--)
        {
            int place = random.Next(bytes.Count + 1);
            int rest = bytes.Count - place;
            switch (random.Next(6))
            {
                case 0 when rest > 0: bytes[place] = (byte)random.Next(256); break;
                case 1 when rest > 0: bytes[place] = Interesting[random.Next(Interesting.Length)]; break;
                case 2: bytes.Insert(place, Interesting[random.Next(Interesting.Length)]); break;
                case 3: bytes.RemoveRange(place, Math.Min(rest, random.Next(8))); break;
                case 4: bytes.InsertRange(place, bytes.GetRange(place, Math.Min(rest, random.Next(40)))); break;
                default:
                    byte[] other = corpus[random.Next(corpus.Length)];
                    int from = random.Next(other.Length + 1);
                    bytes.InsertRange(place, other[from..Math.Min(other.Length, from + random.Next(60))]);
                    break;
            }
        }
        return [.. bytes];
    }
}
