namespace Tulle.Proxy.Routing.Patterns;

/// <summary>
/// A deterministic automaton made ahead of time: one table look-up per byte, no state of its own, so every event loop shares
/// it. State 0 is the dead one, from which no match can come any more.
/// </summary>
internal sealed class PatternAutomaton
{
    /// <summary>Largest table, in entries of two bytes. Routing patterns take a few hundred.</summary>
    private const int MaxEntries = 32 * 1024;

    /// <summary>Most instruction visits while building: a few milliseconds.</summary>
    private const int MaxWork = 2_000_000;

    // No set of instructions has this key: their numbers are below PatternProgram.MaxInstructions.
    private const string StartKey = "\uffff";

    private readonly byte[] _classOf;
    private readonly int _classes;
    private readonly List<ushort> _table = [];
    private readonly List<bool> _accepting = [];
    private ushort[] _transitions = [];
    private bool[] _accepts = [];

    private PatternAutomaton(byte[] classOf, int classes)
    {
        _classOf = classOf;
        _classes = classes;
    }

    /// <summary>Builds the automaton; null when it would be too large.</summary>
    public static PatternAutomaton? TryBuild(PatternProgram program)
    {
        (byte[] classOf, byte[] samples) = ByteClasses.Of(program);
        var automaton = new PatternAutomaton(classOf, samples.Length);
        return automaton.Build(program, samples) ? automaton : null;
    }

    public bool Matches(ReadOnlySpan<byte> value)
    {
        int state = 1;
        foreach (byte next in value)
        {
            state = _transitions[state * _classes + _classOf[next]];
            if (state == 0) return false;
        }
        return _accepts[state];
    }

    private bool Build(PatternProgram program, byte[] samples)
    {
        var walker = new PatternWalker(program);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var pending = new Queue<int[]>();
        AddRow(accepts: false); // dead

        int[] start = walker.Closure([program.Start], atStart: true);
        ids[StartKey] = 1; // not by its instructions: the same ones in the middle of the text do not stand at its start
        AddRow(walker.Accepts([program.Start], atStart: true)); // "$^" holds for the empty text, where both ends meet
        pending.Enqueue(start);

        for (int state = 1; pending.TryDequeue(out int[]? set); state++)
        {
            for (int i = 0; i < samples.Length; i++)
            {
                int[] next = walker.Step(set, samples[i]);
                if (walker.Work > MaxWork) return false;
                if (next.Length == 0) continue;
                string key = Key(next);
                if (!ids.TryGetValue(key, out int id))
                {
                    if (_table.Count + _classes > MaxEntries) return false;
                    id = ids.Count + 1;
                    ids[key] = id;
                    AddRow(walker.Accepts(next));
                    pending.Enqueue(next);
                }
                _table[state * _classes + i] = (ushort)id;
            }
        }
        _transitions = [.. _table];
        _accepts = [.. _accepting];
        _table.Clear();
        _accepting.Clear();
        return true;
    }

    private void AddRow(bool accepts)
    {
        _accepting.Add(accepts);
        for (int i = 0; i < _classes; i++) _table.Add(0);
    }

    private static string Key(int[] set) => string.Create(set.Length, set, static (text, instructions) =>
    {
        for (int i = 0; i < instructions.Length; i++) text[i] = (char)instructions[i];
    });
}
