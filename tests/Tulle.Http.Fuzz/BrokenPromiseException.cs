namespace Tulle.Http.Fuzz;

/// <summary>A property of the codec does not hold for an input.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message)
{
    /// <summary>Throws unless the property holds.</summary>
    public static void Unless(bool holds, string property)
    {
        if (!holds) throw new BrokenPromiseException(property);
    }
}
