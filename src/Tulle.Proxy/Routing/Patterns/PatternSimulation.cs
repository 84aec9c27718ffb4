using System.Numerics;

namespace Tulle.Proxy.Routing.Patterns;

/// <summary>
/// Runs a program on all its paths at once, for the rare expression whose deterministic automaton would be too large. Time
/// is bytes × instructions, never more; memory is on the stack.
/// </summary>
internal sealed class PatternSimulation
{
    private readonly PatternProgram _program;
    private readonly int _words;

    public PatternSimulation(PatternProgram program)
    {
        _program = program;
        _words = (program.Count + 63) / 64;
    }

    public bool Matches(ReadOnlySpan<byte> value)
    {
        Span<ulong> current = stackalloc ulong[_words];
        Span<ulong> following = stackalloc ulong[_words];
        Span<int> open = stackalloc int[_program.Count + 1];
        current.Clear();
        Reach(_program.Start, current, open, atStart: true, atEnd: value.IsEmpty);

        for (int i = 0; i < value.Length; i++)
        {
            following.Clear();
            bool any = false;
            for (int word = 0; word < _words; word++)
            {
                for (ulong bits = current[word]; bits != 0; bits &= bits - 1)
                {
                    PatternProgram.Instruction instruction = _program[(word << 6) + BitOperations.TrailingZeroCount(bits)];
                    if (instruction.Operation != PatternProgram.Operation.Bytes || !instruction.Set.Contains(value[i])) continue;
                    Reach(instruction.Next, following, open, atStart: false, atEnd: i == value.Length - 1);
                    any = true;
                }
            }
            if (!any) return false;
            Span<ulong> swap = current;
            current = following;
            following = swap;
        }
        return (current[0] & 1) != 0; // instruction 0 accepts
    }

    private void Reach(int from, Span<ulong> reached, Span<int> open, bool atStart, bool atEnd)
    {
        // Marked when pushed, so each instruction is on the stack once at most.
        int count = 0;
        Push(from, reached, open, ref count);
        while (count > 0)
        {
            PatternProgram.Instruction instruction = _program[open[--count]];
            switch (instruction.Operation)
            {
                case PatternProgram.Operation.Split:
                    Push(instruction.Next, reached, open, ref count);
                    Push(instruction.Other, reached, open, ref count);
                    break;
                case PatternProgram.Operation.Begin when atStart:
                case PatternProgram.Operation.End when atEnd:
                    Push(instruction.Next, reached, open, ref count);
                    break;
            }
        }
    }

    private static void Push(int index, Span<ulong> reached, Span<int> open, ref int count)
    {
        ulong bit = 1UL << (index & 63);
        if ((reached[index >> 6] & bit) != 0) return;
        reached[index >> 6] |= bit;
        open[count++] = index;
    }
}
