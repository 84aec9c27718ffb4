using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.Model;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Telemetry;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>A proxy on a manual clock with one authority, <c>app:80</c>, whose route and backend the test shapes.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    public const string Get = "GET http://app/ HTTP/1.1\r\nHost: app\r\n\r\n";

    private long _backoffs;

    public Scenario(Action<Route, Backend> shape, params IPEndPoint[] endpoints) : this(shape, config => config, endpoints)
    {
    }

    public Scenario(Action<Route, Backend> shape, Func<DataPlaneConfig, DataPlaneConfig> setUp, params IPEndPoint[] endpoints)
    {
        Proxy = new ProxyUnderTest(setUp, new ManualClock());
        Apply(shape, endpoints);
    }

    public ProxyUnderTest Proxy { get; }

    public Destination Destination { get; private set; } = new();

    public void Apply(Action<Route, Backend> shape, params IPEndPoint[] endpoints)
    {
        var backend = new Backend { Name = "app.test:80", Service = new ServiceReference { Namespace = "test", Name = "app", Port = 80 } };
        backend.Endpoints.AddRange(endpoints.Select(endpoint => new Endpoint { Address = endpoint.Address.ToString(), Port = (uint)endpoint.Port }));
        var route = new Route { Name = "default", Backends = { new WeightedBackend { Backend = backend.Name, Weight = 1 } } };
        shape(route, backend);
        Destination = new Destination
        {
            Authority = "app:80", Version = Destination.Version + 1, Resolution = Resolution.Mesh, Service = backend.Service, Backends = { backend }, Routes = { route },
        };
        Proxy.Apply(Destination);
    }

    public TestPeer Connect() => TestPeer.Connect(Proxy.Outbound);

    public TestMessage Ask(string request = Get)
    {
        using TestPeer client = Connect();
        return client.Exchange(request);
    }

    /// <summary>Seconds that have passed on the manual clock.</summary>
    public double Elapsed { get; private set; }

    public Task AdvanceAsync(double seconds)
    {
        Elapsed += seconds;
        return Proxy.AdvanceAsync(TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Waits until a request is answered. Time passes only for back-offs, which are a millisecond at most.</summary>
    public Task PassBackoffsAsync(Func<bool> isAnswered) => Testing.Eventually.TrueAsync(
        async () =>
        {
            // Timers have ticks of eight milliseconds.
            for (; _backoffs < Proxy.Policies(PolicyEvent.Retry); _backoffs++) await AdvanceAsync(0.016);
            return isAnswered();
        },
        Testing.Eventually.Patience,
        "the request is answered");

    /// <summary>Reads a client's answer, once the back-offs before it have passed.</summary>
    public async Task<TestMessage> AnswerAsync(TestPeer client)
    {
        await PassBackoffsAsync(() => client.IsReadable);
        return client.ReadMessage();
    }

    /// <summary>Sends a request and reads its answer, once the back-offs before it have passed.</summary>
    public Task<TestMessage> ExchangeAsync(TestPeer client, string request = Get)
    {
        client.Send(request);
        return AnswerAsync(client);
    }

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();
}
