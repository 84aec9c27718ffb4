using System.Text;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Selectors;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Tests.Selectors;

public sealed class ObjectSelectorTests
{
    private static readonly ResourceKind Pods = ResourceCatalog.ByPlural("", "pods")!;

    [Theory]
    [InlineData("app=web,!missing", "", true)]
    [InlineData("weight>4", "metadata.name=a", true)]
    [InlineData("app in (api,web)", "metadata.name=b", false)]
    [InlineData("app=api", "", false)]
    [InlineData("", "status.phase!=Running", true)]
    public void Matches_LabelsAndFields_BothMustHold(string labels, string fields, bool matches)
    {
        ObjectSelector selector = ObjectSelector.Of(Request(labels, fields), Pods);
        Assert.Equal(matches, selector.Matches("a", Encoding.UTF8.GetBytes("""{"metadata":{"name":"a","labels":{"app":"web","weight":"5"}},"status":{"phase":"Pending"}}""")));
    }

    [Theory]
    [InlineData("a in b")]
    [InlineData("a>b")]
    [InlineData("a=b,,c=d")]
    public void Of_MalformedLabelSelector_IsBadRequest(string labels) =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => ObjectSelector.Of(Request(labels, ""), Pods)).Code);

    private static HttpRequest Request(string labels, string fields)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = QueryString.Create("labelSelector", labels).Add("fieldSelector", fields);
        return context.Request;
    }
}
