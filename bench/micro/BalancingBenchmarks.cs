using BenchmarkDotNet.Attributes;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Routing;

namespace Tulle.Bench.Micro;

/// <summary>Picking an endpoint and taking an update: the first must not depend on the number of endpoints.</summary>
public class BalancingBenchmarks
{
    private readonly EndpointTable _table = new();
    private readonly XoshiroRandom _random = new(1);
    private BalancerState _balancer = null!;
    private BackendModel _backend = null!;
    private long _now;

    [Params(2, 100, 5_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var backend = new Backend { Name = "users.shop:80" };
        for (int i = 0; i < Endpoints; i++) backend.Endpoints.Add(new Endpoint { Address = $"10.{i >> 16}.{i >> 8 & 255}.{i & 255}", Port = 80 });
        _backend = BackendModel.Compile(backend, 0).Model!;
        _balancer = new BalancerState(_table);
        _balancer.Update(_backend, 0);
    }

    [Benchmark]
    public object? PickAndFinish()
    {
        EndpointState endpoint = _balancer.Pick(_now += 10, _random)!;
        endpoint.Begin();
        endpoint.End(_now, 1_000);
        return endpoint;
    }

    [Benchmark]
    public void Update() => _balancer.Update(_backend, _now);
}
