using Tulle.ControlPlane.Insight.Traces.Otlp;

namespace Tulle.ControlPlane.Tests.Insight.Traces.Otlp;

public sealed class OtlpTargetTests
{
    [Theory]
    [InlineData("http://127.0.0.1:4317", "http://127.0.0.1:4317/", true)]
    [InlineData("https://collector:4317", "https://collector:4317/", true)]
    [InlineData("grpc://collector", "http://collector:4317/", true)]
    [InlineData("grpcs://collector:99", "https://collector:99/", true)]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces", false)]
    [InlineData("https://collector", "https://collector/v1/traces", false)]
    [InlineData("https://collector/otlp/v1/traces", "https://collector/otlp/v1/traces", false)]
    [InlineData("http://collector:4317/otlp", "http://collector:4317/otlp", false)]
    public void Parse_Url_SaysWhatIsSpokenWhere(string text, string endpoint, bool grpc)
    {
        (OtlpTarget? target, string? error) = OtlpTarget.Parse(text);
        Assert.Null(error);
        Assert.Equal((endpoint, grpc), (target!.Endpoint.ToString(), target.IsGrpc));
    }

    [Theory]
    [InlineData("collector:4317", "is no URL")]
    [InlineData("127.0.0.1", "is no URL")]
    [InlineData("ftp://collector", "scheme ftp")]
    [InlineData("http://a:b@collector", "credentials")]
    [InlineData("grpc://collector/path", "has a path")]
    public void Parse_SomethingElse_SaysWhatToWrite(string text, string expected) => Assert.Contains(expected, OtlpTarget.Parse(text).Error, StringComparison.Ordinal);

    [Fact]
    public void ParseHeaders_Pairs_AreDecoded()
    {
        IReadOnlyDictionary<string, string> headers = OtlpTarget.ParseHeaders("authorization=Basic%20a%3D, x-team = shop,broken,=x");
        Assert.Equal(("Basic a=", "shop", 2), (headers["Authorization"], headers["x-team"], headers.Count));
    }
}
