namespace Tulle.Proxy.Routing.Patterns;

/// <summary>Follows a program with sets of instructions: the subset construction's step.</summary>
internal sealed class PatternWalker(PatternProgram program)
{
    private readonly bool[] _seen = new bool[program.Count];
    private readonly Stack<int> _open = new();

    /// <summary>Instructions visited so far.</summary>
    public long Work { get; private set; }

    /// <summary>Everything that is reached without a byte: bytes to match, ends to check and the end of the program, sorted.</summary>
    public int[] Closure(IEnumerable<int> from, bool atStart = false, bool atEnd = false)
    {
        Array.Clear(_seen);
        foreach (int instruction in from) _open.Push(instruction);
        var reached = new List<int>();
        while (_open.TryPop(out int index))
        {
            if (_seen[index]) continue;
            _seen[index] = true;
            Work++;
            PatternProgram.Instruction instruction = program[index];
            switch (instruction.Operation)
            {
                case PatternProgram.Operation.Split:
                    _open.Push(instruction.Next);
                    _open.Push(instruction.Other);
                    break;
                case PatternProgram.Operation.Begin when atStart:
                case PatternProgram.Operation.End when atEnd:
                    _open.Push(instruction.Next);
                    break;
                case PatternProgram.Operation.End or PatternProgram.Operation.Bytes or PatternProgram.Operation.Accept:
                    reached.Add(index);
                    break;
            }
        }
        reached.Sort();
        return [.. reached];
    }

    public int[] Step(int[] set, byte next)
    {
        var targets = new List<int>();
        foreach (int index in set)
        {
            PatternProgram.Instruction instruction = program[index];
            Work++;
            if (instruction.Operation == PatternProgram.Operation.Bytes && instruction.Set.Contains(next)) targets.Add(instruction.Next);
        }
        return targets.Count == 0 ? [] : Closure(targets);
    }

    /// <summary>True when the text may end here.</summary>
    public bool Accepts(IEnumerable<int> set, bool atStart = false)
    {
        foreach (int index in Closure(set, atStart, atEnd: true))
        {
            if (program[index].Operation == PatternProgram.Operation.Accept) return true;
        }
        return false;
    }
}
