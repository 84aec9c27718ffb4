namespace Tulle.Http.Fuzz;

/// <summary>Something that takes any bytes, and says so loudly when it breaks a promise about them.</summary>
internal interface IFuzzTarget
{
    /// <summary>Its name on the command line and its folder in the corpus.</summary>
    string Name { get; }

    /// <summary>Takes one input.</summary>
    /// <exception cref="BrokenPromiseException">The codec did something that it must never do.</exception>
    void Run(ReadOnlySpan<byte> input);
}
