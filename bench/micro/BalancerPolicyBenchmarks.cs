using BenchmarkDotNet.Attributes;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;

namespace Tulle.Bench.Micro;

/// <summary>Picking an endpoint by every policy, with health watched as outlier detection does; and what an ejection costs.</summary>
[MemoryDiagnoser]
public class BalancerPolicyBenchmarks
{
    private readonly EndpointTable _table = new();
    private readonly XoshiroRandom _random = new(1);
    private readonly BackendHealth _health = new();
    private BalancerState _balancer = null!;
    private BackendModel _backend = null!;
    private ulong _hash;
    private bool _fails;

    [Params(2, 100, 5_000)]
    public int Endpoints { get; set; }

    [Params(
        BalancingPolicy.BalancingPeakEwma, BalancingPolicy.BalancingLeastRequest, BalancingPolicy.BalancingRoundRobin,
        BalancingPolicy.BalancingRandom, BalancingPolicy.BalancingRingHash, BalancingPolicy.BalancingMaglev)]
    public BalancingPolicy Policy { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var backend = new Backend { Name = "users.shop:80", LoadBalancer = new LoadBalancer { Policy = Policy }, OutlierDetection = new OutlierDetection() };
        for (int i = 0; i < Endpoints; i++)
            backend.Endpoints.Add(new Endpoint { Address = $"10.{i >> 16}.{i >> 8 & 255}.{i & 255}", Port = 80, Weight = (uint)(i % 3 + 1) });
        _backend = BackendModel.Compile(backend, 0).Model!;
        _health.Update(_backend.Outlier, null, _backend.Endpoints, 0);
        _balancer = new BalancerState(_table);
        _balancer.Update(_backend, 0, _health);
    }

    [Benchmark]
    public object? Pick() => _balancer.Pick(new PickRequest { HasHash = true, Hash = _hash = KeyHash.Next(_hash) }, 0, _random, out _);

    /// <summary>The first pick after an endpoint went out or came back looks at all of them.</summary>
    [Benchmark]
    public object? PickAfterAChange()
    {
        _health.Of(_backend.Endpoints[0], 0).SetFailsChecks(_fails = !_fails, 0);
        return Pick();
    }
}
