using CsCheck;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

public sealed class NearMissTests
{
    private static readonly string[] s_known = ["hosts", "host", "http", "match", "route", "weight", "perTryTimeout", "tls", "tcp"];

    [Theory]
    [InlineData("hots", "host")]
    [InlineData("Host", "host")]
    [InlineData("wieght", "weight")]
    [InlineData("per_try_timeout", "perTryTimeout")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void Find_Written_GivesTheClosest(string written, string? expected)
    {
        Assert.Equal(expected, NearMiss.Find(written, s_known));
    }

    [Fact]
    public void Find_AnyWord_NeverSuggestsItself()
    {
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 0, 6], Gen.String[Gen.Char['a', 'd'], 0, 6].Array[0, 8])
            .Sample((written, known) => NearMiss.Find(written, [.. known, written]) != written);
    }

    [Fact]
    public void Find_OneEditAway_IsFound()
    {
        Gen.Select(Gen.Int[0, s_known.Length - 1], Gen.Int[0, 20], Gen.Char['a', 'z']).Sample((word, position, letter) =>
        {
            string known = s_known[word];
            string written = known.Insert(position % (known.Length + 1), letter.ToString());
            return NearMiss.Find(written, s_known) is not null;
        });
    }

    [Fact]
    public void Find_HugeWord_IsNotCompared()
    {
        Assert.Null(NearMiss.Find(new string('a', 1_000_000), s_known));
    }
}
