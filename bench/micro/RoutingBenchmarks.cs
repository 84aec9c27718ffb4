using BenchmarkDotNet.Attributes;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Protocol;
using Tulle.Proxy.Routing;

namespace Tulle.Bench.Micro;

/// <summary>Finding a request's route, the last of many: what grows with the size of a routing table.</summary>
public class RoutingBenchmarks
{
    private readonly Http1RequestHead _head = new();
    private byte[] _buffer = [];
    private DestinationModel _byPath = null!;
    private DestinationModel _byHeader = null!;
    private DestinationModel _byRegex = null!;

    [Params(1, 100, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _buffer = System.Text.Encoding.ASCII.GetBytes($"GET /service-{Routes - 1}/users/123?x=y HTTP/1.1\r\nHost: users\r\nAccept: */*\r\nversion: v{Routes - 1}\r\n\r\n");
        _head.Parse(_buffer);
        _byPath = Compile(i => new Condition { Path = new StringMatch { Prefix = $"/service-{i}/" } });
        _byHeader = Compile(i => new Condition { Header = new HeaderMatch { Name = "version", Value = new StringMatch { Exact = $"v{i}" } } });
        _byRegex = Compile(i => new Condition { Path = new StringMatch { Regex = $"/service-{i}/users/[0-9]+" } });
    }

    [Benchmark]
    public object? ByPathPrefix() => _byPath.FindRoute(new RequestView(_head, _buffer));

    [Benchmark]
    public object? ByHeader() => _byHeader.FindRoute(new RequestView(_head, _buffer));

    [Benchmark]
    public object? ByRegularExpression() => _byRegex.FindRoute(new RequestView(_head, _buffer));

    private DestinationModel Compile(Func<int, Condition> condition)
    {
        var destination = new Destination { Authority = "users:80" };
        for (int i = 0; i < Routes; i++) destination.Routes.Add(new Route { Name = $"route-{i}", Condition = condition(i) });
        (DestinationModel? model, string? error) = DestinationModel.Compile(destination);
        return model ?? throw new InvalidOperationException(error);
    }
}
