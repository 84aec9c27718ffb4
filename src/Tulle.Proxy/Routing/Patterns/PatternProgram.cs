namespace Tulle.Proxy.Routing.Patterns;

/// <summary>
/// A non-deterministic automaton (Thompson's construction). Instruction i goes on to Next[i], a split also to Other[i].
/// Instruction 0 is where matching ends, Start where it begins. Of a split's two ways Next is the preferred one.
/// </summary>
internal sealed class PatternProgram
{
    /// <summary>Most instructions after counted repetition was unrolled; bounds memory and the time per byte.</summary>
    public const int MaxInstructions = 4096;

    /// <summary>Most nodes visited while compiling: repetitions of nothing emit nothing, but are counted too.</summary>
    private const int MaxVisits = 16 * MaxInstructions;

    private readonly List<Instruction> _instructions = [new(Operation.Accept, default, 0, 0)];

    private int _visits;

    private PatternProgram(PatternNode root) => Start = Add(root, next: 0);

    public enum Operation : byte
    {
        Accept,
        Bytes,
        Split,
        Begin,
        End,

        /// <summary>Notes the place in the text in the slot whose number is in Other.</summary>
        Save,
    }

    public int Start { get; }

    public int Count => _instructions.Count;

    public Instruction this[int index] => _instructions[index];

    /// <exception cref="PatternSyntaxException">The expression is too large.</exception>
    public static PatternProgram Compile(PatternNode root) => new(root);

    /// <summary>Built back to front, so that every instruction knows its successor at once. Returns the first instruction.</summary>
    private int Add(PatternNode node, int next)
    {
        if (++_visits > MaxVisits) throw TooLarge();
        switch (node)
        {
            case PatternNode.Bytes bytes:
                return Emit(Operation.Bytes, bytes.Set, next, 0);
            case PatternNode.Begin:
                return Emit(Operation.Begin, default, next, 0);
            case PatternNode.End:
                return Emit(Operation.End, default, next, 0);
            case PatternNode.Sequence sequence:
                for (int i = sequence.Parts.Count - 1; i >= 0; i--) next = Add(sequence.Parts[i], next);
                return next;
            case PatternNode.Choice choice:
                int first = Add(choice.Options[^1], next);
                for (int i = choice.Options.Count - 2; i >= 0; i--) first = Emit(Operation.Split, default, Add(choice.Options[i], next), first);
                return first;
            case PatternNode.Group group:
                int close = Emit(Operation.Save, default, next, group.Number * 2 + 1);
                return Emit(Operation.Save, default, Add(group.Inner, close), group.Number * 2);
            case PatternNode.Repeat repeat:
                return AddRepeat(repeat, next);
            default:
                throw new InvalidOperationException($"unknown node {node.GetType().Name}");
        }
    }

    private int AddRepeat(PatternNode.Repeat repeat, int next)
    {
        if (repeat.Max is { } max)
        {
            for (int i = repeat.Min; i < max; i++) next = EmitSplit(Add(repeat.Inner, next), next, repeat.IsLazy);
        }
        else
        {
            int loop = Emit(Operation.Split, default, 0, next);
            int body = Add(repeat.Inner, loop);
            _instructions[loop] = repeat.IsLazy ? _instructions[loop] with { Next = next, Other = body } : _instructions[loop] with { Next = body };
            next = loop;
        }
        for (int i = 0; i < repeat.Min; i++) next = Add(repeat.Inner, next);
        return next;
    }

    private int EmitSplit(int inner, int behind, bool lazy) =>
        lazy ? Emit(Operation.Split, default, behind, inner) : Emit(Operation.Split, default, inner, behind);

    private int Emit(Operation operation, ByteSet set, int next, int other)
    {
        if (_instructions.Count == MaxInstructions) throw TooLarge();
        _instructions.Add(new Instruction(operation, set, next, other));
        return _instructions.Count - 1;
    }

    private static PatternSyntaxException TooLarge() => new("it is too large once its repetitions are written out");

    public readonly record struct Instruction(Operation Operation, ByteSet Set, int Next, int Other);
}
