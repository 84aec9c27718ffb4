using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Tests.Balancing;

/// <summary>Gives the numbers of a script, each checked against the bound that is asked for.</summary>
internal sealed class ScriptedRandom(params uint[] numbers) : IRandomSource
{
    private int _next;

    public uint Below(uint bound)
    {
        uint number = numbers[_next++];
        Assert.True(number < bound, $"the script says {number}, but the bound is {bound}");
        return number;
    }
}
