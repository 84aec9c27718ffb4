using System.Buffers;

namespace Tulle.Proxy.Routing.Patterns;

/// <summary>
/// Finds the leftmost match in a text with the places of its groups, in time linear in text × instructions: all paths at
/// once, in the order of preference (Pike's machine). Immutable; any thread. Memory is rented, so a search allocates nothing.
/// </summary>
internal sealed class PatternSearch
{
    private readonly PatternProgram _program;
    private readonly int _slots;

    private PatternSearch(PatternProgram program, int groups)
    {
        _program = program;
        Groups = groups;
        _slots = (groups + 1) * 2;
    }

    /// <summary>Groups in parentheses, not counting the whole match.</summary>
    public int Groups { get; }

    /// <summary>Numbers that a search writes: start and end of the whole match and of each group.</summary>
    public int Slots => _slots;

    /// <exception cref="PatternSyntaxException">The text is not a regular expression that is supported.</exception>
    public static PatternSearch Compile(string text)
    {
        PatternNode root = PatternParser.Parse(text, ignoreCase: false, keepGroups: true, out int groups);
        return new PatternSearch(PatternProgram.Compile(root), groups);
    }

    /// <summary>Finds the first match at or behind <paramref name="from"/>.</summary>
    /// <param name="found">Gets <see cref="Slots"/> offsets; -1 for groups that took no part.</param>
    /// <param name="work">Reduced by every instruction visited; the search gives up below zero.</param>
    public bool Find(ReadOnlySpan<byte> text, int from, Span<int> found, ref int work)
    {
        int count = _program.Count;
        int stackSize = count * 6 + 8;
        int[] rented = ArrayPool<int>.Shared.Rent(count * 3 + count * _slots * 2 + stackSize + _slots);
        var marks = rented.AsSpan(0, count);
        marks.Clear();
        var current = new ThreadList(rented.AsSpan(count, count), rented.AsSpan(count * 3, count * _slots), _slots);
        var following = new ThreadList(rented.AsSpan(count * 2, count), rented.AsSpan(count * 3 + count * _slots, count * _slots), _slots);
        Span<int> stack = rented.AsSpan(count * 3 + count * _slots * 2, stackSize);
        Span<int> places = rented.AsSpan(count * 3 + count * _slots * 2 + stackSize, _slots);

        bool matched = false;
        int generation = 0;
        for (int i = from; i <= text.Length && work >= 0; i++)
        {
            // A start at this place is the least preferred thread, and none once a match further left is known. The threads in
            // the list were marked with this generation by the byte before.
            if (!matched)
            {
                if (current.Count == 0) generation++;
                places.Fill(-1);
                places[0] = i;
                Follow(_program.Start, i, text.Length, ref current, marks, generation, stack, places, ref work);
            }
            if (current.Count == 0)
            {
                if (matched) break;
                continue;
            }

            generation++;
            for (int t = 0; t < current.Count; t++)
            {
                PatternProgram.Instruction instruction = _program[current.Instructions[t]];
                if (instruction.Operation == PatternProgram.Operation.Accept)
                {
                    current.PlacesOf(t).CopyTo(found);
                    found[1] = i;
                    matched = true;
                    break; // what is behind is less preferred
                }
                if (i == text.Length || !instruction.Set.Contains(text[i])) continue;
                current.PlacesOf(t).CopyTo(places);
                Follow(instruction.Next, i + 1, text.Length, ref following, marks, generation, stack, places, ref work);
            }
            current.Count = 0;
            ThreadList swap = current;
            current = following;
            following = swap;
        }
        ArrayPool<int>.Shared.Return(rented);
        return matched && work >= 0;
    }

    /// <summary>Adds everything that is reached without a byte, the preferred first.</summary>
    private void Follow(
        int from, int place, int end, ref ThreadList list, Span<int> marks, int generation, Span<int> stack, Span<int> places, ref int work)
    {
        // Two numbers an entry: an instruction to follow, or a slot (as its complement) to put an earlier place back into.
        int top = 0;
        Push(stack, ref top, from, 0);
        while (top > 0)
        {
            int value = stack[--top];
            int index = stack[--top];
            if (index < 0)
            {
                places[~index] = value;
                continue;
            }
            if (marks[index] == generation) continue;
            marks[index] = generation;
            work--;
            PatternProgram.Instruction instruction = _program[index];
            switch (instruction.Operation)
            {
                case PatternProgram.Operation.Split:
                    Push(stack, ref top, instruction.Other, 0);
                    Push(stack, ref top, instruction.Next, 0);
                    break;
                case PatternProgram.Operation.Save:
                    Push(stack, ref top, ~instruction.Other, places[instruction.Other]);
                    places[instruction.Other] = place;
                    Push(stack, ref top, instruction.Next, 0);
                    break;
                case PatternProgram.Operation.Begin when place == 0:
                case PatternProgram.Operation.End when place == end:
                    Push(stack, ref top, instruction.Next, 0);
                    break;
                case PatternProgram.Operation.Bytes or PatternProgram.Operation.Accept:
                    list.Add(index, places);
                    break;
            }
        }
    }

    private static void Push(Span<int> stack, ref int top, int index, int value)
    {
        stack[top++] = index;
        stack[top++] = value;
    }

    /// <summary>Threads in the order of preference, each an instruction and the places that it saw.</summary>
    private ref struct ThreadList(Span<int> instructions, Span<int> places, int slots)
    {
        private readonly Span<int> _places = places;

        public readonly Span<int> Instructions { get; } = instructions;

        public int Count { get; set; }

        public readonly Span<int> PlacesOf(int thread) => _places.Slice(thread * slots, slots);

        public void Add(int instruction, ReadOnlySpan<int> places)
        {
            Instructions[Count] = instruction;
            places.CopyTo(PlacesOf(Count));
            Count++;
        }
    }
}
