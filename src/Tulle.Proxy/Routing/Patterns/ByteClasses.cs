namespace Tulle.Proxy.Routing.Patterns;

/// <summary>Groups bytes that no set of a program tells apart, which shrinks the automaton's rows from 256 to a dozen entries.</summary>
internal static class ByteClasses
{
    /// <summary>The class of every byte, and one byte of each class.</summary>
    public static (byte[] ClassOf, byte[] Samples) Of(PatternProgram program)
    {
        var sets = new HashSet<ByteSet>();
        for (int i = 0; i < program.Count; i++)
        {
            if (program[i].Operation == PatternProgram.Operation.Bytes) sets.Add(program[i].Set);
        }

        var classOf = new int[256];
        int classes = 1;
        foreach (ByteSet set in sets)
        {
            // Splits every class into the part inside the set and the part outside.
            var renamed = new Dictionary<(int Class, bool Inside), int>();
            for (int value = 0; value < 256; value++)
            {
                (int, bool) part = (classOf[value], set.Contains((byte)value));
                if (!renamed.TryGetValue(part, out int name)) renamed[part] = name = renamed.Count;
                classOf[value] = name;
            }
            classes = renamed.Count;
        }

        var samples = new byte[classes];
        for (int value = 255; value >= 0; value--) samples[classOf[value]] = (byte)value;
        return (Array.ConvertAll(classOf, static name => (byte)name), samples);
    }
}
