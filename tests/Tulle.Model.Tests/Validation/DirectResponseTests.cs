using Tulle.Model.Findings;
using Tulle.Model.Resources;
using Tulle.Model.Schemas;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

public sealed class DirectResponseTests
{
    [Theory]
    [InlineData("string", 0)]
    [InlineData("string", 1)]
    [InlineData("bytes", 0)]
    [InlineData("bytes", 1)]
    public void Check_Body_MustFitAProxy(string field, int more)
    {
        byte[] body = new byte[HttpDirectResponse.MaxBodyBytes + more];
        Array.Fill(body, (byte)'x');
        string text = field == "string" ? System.Text.Encoding.ASCII.GetString(body) : Convert.ToBase64String(body);
        IReadOnlyList<Finding> findings = ResourceReview.CheckRules(
            ResourceCatalog.ByKind("networking.istio.io", "VirtualService")!,
            Yaml.Object($"{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: x}}, spec: {{hosts: [a], http: [{{directResponse: {{status: 200, body: {{{field}: {text}}}}}}}]}}}}"));
        if (more == 0)
        {
            Assert.Empty(findings);
            return;
        }
        Finding finding = Assert.Single(findings);
        Assert.Equal((Severity.Error, "spec.http[0].directResponse.body"), (finding.Severity, finding.Field));
        Assert.Contains("32 KiB", finding.Message, StringComparison.Ordinal);
    }
}
