using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Tests.Balancing;

namespace Tulle.Proxy.Tests.Routing;

public sealed class DestinationModelTests
{
    [Fact]
    public void FindRoute_SeveralMatch_TakesTheFirst()
    {
        DestinationModel model = Compile(Canary(90, 10));

        Assert.Equal("header", model.FindRoute(TestRequest.Get("/", "version: v2").View)!.Name);
        Assert.Equal("default", model.FindRoute(TestRequest.Get("/").View)!.Name);
        Assert.Equal(0, model.PickConnectionBackend(isTls: false, default, new ScriptedRandom(0)));
    }

    [Fact]
    public void PickBackend_Weights_CutTheRangeExactly()
    {
        RouteModel route = Compile(Canary(90, 10)).FindRoute(TestRequest.Get("/").View)!;

        Assert.Equal(0, route.PickBackend(new ScriptedRandom(0)));
        Assert.Equal(0, route.PickBackend(new ScriptedRandom(89)));
        Assert.Equal(1, route.PickBackend(new ScriptedRandom(90)));
        Assert.Equal(1, route.PickBackend(new ScriptedRandom(99)));
    }

    [Fact]
    public void PickBackend_ManyPicks_KeepTheShares()
    {
        RouteModel route = Compile(Canary(90, 10)).FindRoute(TestRequest.Get("/").View)!;
        var random = new XoshiroRandom(5);
        int canary = 0;
        for (int i = 0; i < 50_000; i++) canary += route.PickBackend(random);
        Assert.InRange(canary, 4_800, 5_200);
    }

    [Fact]
    public void PickBackend_WeightZeroAmongOthers_IsNeverTaken()
    {
        RouteModel route = Compile(Canary(0, 10)).FindRoute(TestRequest.Get("/").View)!;
        Assert.Equal(1, route.PickBackend(new ScriptedRandom()));
    }

    [Fact]
    public void PickBackend_NoBackends_IsNone()
    {
        var destination = new Destination { Authority = "users:80", Routes = { new Route { Name = "none" } } };
        Assert.Equal(-1, Compile(destination).PickConnectionBackend(isTls: false, default, new ScriptedRandom()));
    }

    [Theory]
    [InlineData(true, "a.example.com", 1)]
    [InlineData(true, "A.Example.COM", 1)]
    [InlineData(true, "b.example.com", 2)]
    [InlineData(true, "x.y.example.com", 2)]
    [InlineData(true, "example.com", 3)]
    [InlineData(true, "xexample.com", 3)]
    [InlineData(true, "", 3)]
    [InlineData(false, "", 0)]
    public void PickConnectionBackend_ServerNames_FirstThatCoversDecides(bool isTls, string serverName, int backend)
    {
        var destination = new Destination { Authority = "users:443" };
        for (int i = 0; i < 4; i++) destination.Backends.Add(new Backend { Name = $"b{i}" });
        destination.Routes.Add(To("default", "b0"));
        destination.ConnectionRoutes.Add(Of("b1", "a.example.com"));
        destination.ConnectionRoutes.Add(Of("b2", "*.example.com"));
        destination.ConnectionRoutes.Add(Of("b3", "*"));

        Assert.Equal(backend, Compile(destination).PickConnectionBackend(isTls, System.Text.Encoding.ASCII.GetBytes(serverName), new ScriptedRandom()));

        static Route To(string name, string backend) => new() { Name = name, Backends = { new WeightedBackend { Backend = backend, Weight = 1 } } };
        static ConnectionRoute Of(string backend, string serverName) =>
            new() { Name = backend, ServerNames = { serverName }, Backends = { new WeightedBackend { Backend = backend, Weight = 1 } } };
    }

    [Fact]
    public void Compile_ConnectionRouteToAnUnknownBackend_IsRefused()
    {
        var destination = new Destination { Authority = "users:443" };
        destination.ConnectionRoutes.Add(new ConnectionRoute { Name = "tls", Backends = { new WeightedBackend { Backend = "none", Weight = 1 } } });

        Assert.Equal("connection route \"tls\": backend \"none\" is not among the destination's backends", DestinationModel.Compile(destination).Error);
    }

    [Fact]
    public void Compile_WholeMessage_KeepsWhatTheDataPathNeeds()
    {
        Destination message = Canary(1, 1);
        message.NamedRoutes.Add(new NamedRoute { Name = "GET /users", Condition = new Condition { Path = new StringMatch { Prefix = "/users" } } });
        DestinationModel model = Compile(message);

        EndpointModel endpoint = model.Backends[1].Endpoints[0];
        Assert.Equal("127.64.0.4:8080", endpoint.Key);
        Assert.Equal("127.64.0.4:8080", endpoint.Address.ToString());
        Assert.True(endpoint.IsMeshed);
        Assert.Equal("deployment/users-v2", endpoint.Workload);
        Assert.Equal(0, model.Names.Find(TestRequest.Get("/users/1").View));
        Assert.Equal(-1, model.Names.Find(TestRequest.Get("/").View));
        Assert.Equal(["GET /users"], model.Names.Names);
    }

    [Fact]
    public void Compile_IPv6Endpoint_HasABracketedKey()
    {
        Destination message = Canary(1, 1);
        message.Backends[0].Endpoints.Add(new Endpoint { Address = "fd00::1", Port = 80 });
        Assert.Equal("[fd00::1]:80", Compile(message).Backends[0].Endpoints[1].Key);
    }

    [Theory]
    [InlineData("address", "endpoint address \"users\" is not an IP address")]
    [InlineData("port", "has port 70000")]
    [InlineData("twice", "listed twice")]
    [InlineData("backend", "backend \"gone\" is not among")]
    [InlineData("weights", "add up to 0")]
    [InlineData("overflow", "more than 4294967295")]
    [InlineData("name", "named route \"bad\": path: regular expression \"*\"")]
    public void Compile_Wrong_SaysWhatAndWhere(string what, string expected)
    {
        Destination message = Canary(1, 1);
        switch (what)
        {
            case "address": message.Backends[0].Endpoints[0].Address = "users"; break;
            case "port": message.Backends[0].Endpoints[0].Port = 70_000; break;
            case "twice": message.Backends[0].Endpoints.Add(message.Backends[0].Endpoints[0]); break;
            case "backend": message.Routes[0].Backends[0].Backend = "gone"; break;
            case "weights": message.Routes[1].Backends.ToList().ForEach(b => b.Weight = 0); break;
            case "overflow": message.Routes[1].Backends[0].Weight = uint.MaxValue; break;
            case "name": message.NamedRoutes.Add(new NamedRoute { Name = "bad", Condition = new Condition { Path = new StringMatch { Regex = "*" } } }); break;
        }

        (DestinationModel? model, string? error) = DestinationModel.Compile(message);

        Assert.Null(model);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void FindRoute_InSteadyState_AllocatesNothing()
    {
        Destination message = Canary(1, 1);
        message.Routes.Insert(0, new Route
        {
            Name = "much",
            Condition = new Condition
            {
                Any = new ConditionList
                {
                    Conditions =
                    {
                        new Condition { Path = new StringMatch { Regex = "/a(b|c)+/[0-9]{3}x" } },
                        new Condition { Query = new HeaderMatch { Name = "q", Value = new StringMatch { Exact = "a c" } } },
                        new Condition { Header = new HeaderMatch { Name = "twice", Value = new StringMatch { Exact = "x" } } },
                    },
                },
            },
        });
        DestinationModel model = Compile(message);
        TestRequest request = TestRequest.Get("/abcb/123?q=a%20b", "Twice: 1", "Twice: 2");
        var random = new XoshiroRandom(1);

        RunMany();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunMany();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RunMany()
        {
            for (int i = 0; i < 1_000; i++) model.FindRoute(request.View)!.PickBackend(random);
        }
    }

    private static Destination Canary(uint stable, uint canary) => new()
    {
        Authority = "users:80",
        Resolution = Resolution.Mesh,
        Routes =
        {
            new Route
            {
                Name = "header",
                Condition = new Condition { Header = new HeaderMatch { Name = "version", Value = new StringMatch { Exact = "v2" } } },
                Backends = { new WeightedBackend { Backend = "users.shop:80|v2" } },
            },
            new Route
            {
                Name = "default",
                Backends =
                {
                    new WeightedBackend { Backend = "users.shop:80|v1", Weight = stable },
                    new WeightedBackend { Backend = "users.shop:80|v2", Weight = canary },
                },
            },
        },
        Backends = { Backend("v1", "127.64.0.3"), Backend("v2", "127.64.0.4") },
    };

    private static Backend Backend(string version, string address) => new()
    {
        Name = "users.shop:80|" + version,
        Subset = version,
        Endpoints =
        {
            new Endpoint { Address = address, Port = 8080, Identity = "spiffe://cluster.local/ns/shop/sa/users", Workload = "deployment/users-" + version },
        },
    };

    private static DestinationModel Compile(Destination message)
    {
        (DestinationModel? model, string? error) = DestinationModel.Compile(message);
        Assert.Null(error);
        return model!;
    }
}
