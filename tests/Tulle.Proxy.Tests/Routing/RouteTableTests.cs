using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Tests.Routing;

public sealed class RouteTableTests
{
    [Fact]
    public void Find_ManyConditions_AgreesWithTryingOneAfterTheOther()
    {
        Gen<string> text = Gen.OneOf("", "/", "/a", "/a/", "/a/b", "/ab", "/b", "/a/b/c");
        Gen<Condition> path = Gen.Select(text, Gen.Int[0, 3], (t, kind) => new Condition
        {
            Path = kind switch
            {
                0 => new StringMatch { Exact = t },
                1 => new StringMatch { Prefix = t },
                2 => new StringMatch { Regex = t + "(b|/)?" },
                _ => new StringMatch { Exact = t, IgnoreCase = true },
            },
        });
        Gen<Condition> method = Gen.OneOf("GET", "POST").Select(m => new Condition { Method = new StringMatch { Exact = m } });
        Gen<Condition> condition = Gen.Select(path, path, method, Gen.Int[0, 6], (one, two, other, kind) => kind switch
        {
            0 => new Condition { All = new ConditionList { Conditions = { other, one } } },
            1 => new Condition { Any = new ConditionList { Conditions = { one, two } } },
            2 => new Condition { Any = new ConditionList { Conditions = { one, other } } },
            3 => new Condition { Not = one },
            _ => one,
        });

        Gen.Select(condition.Array[8, 30], text, Gen.OneOf("GET", "POST")).Sample((messages, target, verb) =>
        {
            ConditionModel?[] conditions = [.. messages.Select(message => ConditionCompiler.Compile(message).Model)];
            var request = new TestRequest($"{verb} {(target.Length == 0 ? "/" : target)} HTTP/1.1\r\nHost: h\r\n\r\n");

            int expected = -1;
            for (int i = conditions.Length - 1; i >= 0; i--)
            {
                if (conditions[i]!.Matches(request.View)) expected = i;
            }
            Assert.Equal(expected, new RouteTable(conditions).Find(request.View));
        }, iter: 3_000);
    }

    [Fact]
    public void Find_ConditionThatIsAbsentAmongMany_MatchesEverything()
    {
        ConditionModel? never = ConditionCompiler.Compile(new Condition { Path = new StringMatch { Exact = "/never" } }).Model;
        ConditionModel?[] conditions = [.. Enumerable.Repeat(never, 20), null, never];

        Assert.Equal(20, new RouteTable(conditions).Find(TestRequest.Get("/x").View));
    }
}
