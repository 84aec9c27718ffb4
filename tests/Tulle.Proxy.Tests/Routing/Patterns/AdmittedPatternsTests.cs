using CsCheck;
using Tulle.Model.Validation;
using Tulle.Proxy.Routing.Patterns;

namespace Tulle.Proxy.Tests.Routing.Patterns;

/// <summary>A configuration that was admitted must not be refused by a proxy later, where nobody sees it.</summary>
public sealed class AdmittedPatternsTests
{
    private static readonly string[] s_pieces =
    [
        "a", "b", "/", "-", "]", "}", ",", "1", "é", "\ud83d\ude00", "\ud800", ".", "^", "$", "|", "*", "+", "?", "(", ")", "(?:", "(?i)", "(?i:", "(?-s:", "(?P<n>", "(?<n>", "(?<=", "(?=", "(?m)", "(?#",
        "[", "[^", "[]", "[a-z]", "[z-a]", "[[:alpha:]]", "[[:nope:]]", "[:", "\\d", "\\W", "\\b", "\\.", "\\x41", "\\x{41}", "\\x{", "\\xZ", "\\1", "\\A", "\\z", "\\Z", "\\Q", "\\pL", "\\", "{2}", "{2,}", "{2,3}", "{3,2}", "{,2}", "{1001}", "{60}", "{1000}", "{",
    ];

    [Fact]
    public void Compile_WhateverAdmissionSays_Agrees()
    {
        Gen.Int[0, s_pieces.Length - 1].Array[0, 10].Select(pieces => string.Concat(pieces.Select(piece => s_pieces[piece]))).Sample(
            pattern => (RegexSyntax.Fault(pattern) is null) == (Pattern.Compile(pattern, ignoreCase: false).Error is null),
            iter: 20_000);
    }

    [Theory]
    [InlineData("((a{60}){60})")]
    [InlineData("((a{64}){64})")]
    [InlineData("((a{63}){65})")]
    [InlineData("(a{1000}){4}")]
    [InlineData("(a{1000}){5}")]
    [InlineData("((){1000}){1000}")]
    [InlineData("((a*){1000}){3}")]
    public void Compile_NearTheLimits_WhatIsAdmittedCompiles(string pattern)
    {
        Assert.True(RegexSyntax.Fault(pattern) is not null || Pattern.Compile(pattern, ignoreCase: false).Error is null);
    }
}
