using System.Text;
using Tulle.ControlPlane.Compilation;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Compilation;

public sealed class DirectResponseTests
{
    [Fact]
    public void MaxBodyBytes_OfTheModel_IsWhatProxiesTake() => Assert.Equal(RouteLimits.DirectResponseBytes, HttpDirectResponse.MaxBodyBytes);

    [Theory]
    [InlineData(0, 32 * 1024)]
    [InlineData(1, 55)]
    public void Apply_BodyTooLongForAProxy_IsReplacedSoThatTheDestinationIsTaken(int more, int expected)
    {
        var rule = new HttpRule { Action = HttpAction.DirectResponse, DirectResponse = new HttpDirectResponse(418, Encoding.ASCII.GetBytes(new string('x', HttpDirectResponse.MaxBodyBytes + more))) };
        var route = new Route();
        VirtualServiceSettings.Apply(route, rule, "");
        Assert.Equal((418u, expected), (route.DirectResponse.Status, route.DirectResponse.Body.Length));
    }
}
