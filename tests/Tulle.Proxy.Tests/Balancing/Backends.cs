using Tulle.Protocol;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Tests.Balancing;

/// <summary>Backends for tests.</summary>
internal static class Backends
{
    /// <summary>A backend with endpoints 10.0.x.y:80 of the given numbers.</summary>
    public static BackendModel Of(params int[] numbers) => Of("", numbers);

    public static BackendModel Of(string identity, params int[] numbers)
    {
        var backend = new Backend { Name = "users.shop:80" };
        foreach (int number in numbers) backend.Endpoints.Add(Endpoint(number, identity));
        return Compile(backend);
    }

    /// <summary>The endpoint 10.0.x.y:80 of that number.</summary>
    public static Endpoint Endpoint(int number, string identity = "", uint weight = 0, uint priority = 0) => new()
    {
        Address = $"10.0.{number / 250}.{number % 250 + 1}", Port = 80, Identity = identity, Weight = weight, Priority = priority,
    };

    /// <summary>A backend with that balancer.</summary>
    public static BackendModel With(LoadBalancer balancer, params Endpoint[] endpoints)
    {
        var backend = new Backend { Name = "users.shop:80", LoadBalancer = balancer };
        backend.Endpoints.AddRange(endpoints);
        return Compile(backend);
    }

    public static BackendModel Compile(Backend backend)
    {
        (BackendModel? model, string? error) = BackendModel.Compile(backend, 0);
        Assert.Null(error);
        return model!;
    }
}
