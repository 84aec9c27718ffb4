using System.Collections;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Tulle.ControlPlane.Distribution;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Distribution;

public sealed class DestinationDeltaTests
{
    private static readonly Gen<Endpoint> Endpoint = Gen.Select(Gen.Int[1, 6], Gen.Int[1, 2], Gen.OneOf("", "spiffe://a"), Gen.UInt[0, 2], Gen.UInt[0, 1], (host, port, identity, weight, priority) =>
        new Endpoint { Address = $"10.0.0.{host}", Port = (uint)port, Identity = identity, Weight = weight, Priority = priority });

    private static readonly Gen<Backend> Backend = Gen.Select(Gen.OneOf("a:80", "b:80"), Endpoint.Array[0, 6], (name, endpoints) =>
    {
        var backend = new Backend { Name = name };
        backend.Endpoints.AddRange(endpoints.DistinctBy(endpoint => (endpoint.Address, endpoint.Port)).OrderBy(endpoint => endpoint.Address, StringComparer.Ordinal).ThenBy(endpoint => endpoint.Port));
        return backend;
    });

    private static readonly Gen<Destination> Any = Gen.Select(Backend.Array[0, 2], Gen.OneOf("default", "VirtualService/a/b#0"), Gen.ULong[1, 9], (backends, route, version) =>
    {
        var destination = new Destination { Authority = "a:80", Version = version, Resolution = Resolution.Mesh };
        destination.Backends.AddRange(backends.DistinctBy(backend => backend.Name));
        destination.Routes.Add(new Route { Name = route });
        return destination;
    });

    [Fact]
    public void Between_AnyTwo_BringsTheProxyToTheNewState() => Gen.Select(Any, Any).Sample((old, current) =>
    {
        Destination proxy = old.Clone();
        DiscoveryResponse? response = DestinationDelta.Between(old, current);
        if (response?.Destination is { } whole) proxy = whole.Clone();
        else if (response?.Endpoints is { } update) Apply(proxy, update);
        Assert.Equal(Shape(current), Shape(proxy));
        if (response is not null) Assert.Equal(current.Version, response.Destination?.Version ?? response.Endpoints.Version);
    });

    [Fact]
    public void Between_SameContent_IsNothing() => Any.Sample(destination =>
    {
        Destination again = destination.Clone();
        again.Version++;
        Assert.Null(DestinationDelta.Between(destination, again));
    });

    /// <summary>Whatever field of the messages there is, or will be: only endpoints and versions travel as a delta.</summary>
    [Fact]
    public void Between_AnyOtherFieldChanged_SendsTheWhole()
    {
        foreach (FieldDescriptor field in Destination.Descriptor.Fields.InDeclarationOrder().Where(field => field.Name is not ("version" or "backends")))
            AssertWhole(field, destination => destination);
        foreach (FieldDescriptor field in Protocol.Backend.Descriptor.Fields.InDeclarationOrder().Where(field => field.Name != "endpoints"))
            AssertWhole(field, destination => destination.Backends[0]);
    }

    private static void AssertWhole(FieldDescriptor field, Func<Destination, IMessage> target)
    {
        var old = new Destination { Version = 1, Backends = { new Backend() } };
        Destination current = old.Clone();
        current.Version = 2;
        IMessage changed = target(current);
        if (field.Accessor.GetValue(changed) is IList list) list.Add(Other(field));
        else field.Accessor.SetValue(changed, Other(field));
        Assert.True(DestinationDelta.Between(old, current)?.Destination is not null, $"{field.FullName} is not compared");
    }

    private static object Other(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.Parser.ParseFrom(ByteString.Empty),
        FieldType.Enum => 1,
        FieldType.String => "x",
        FieldType.UInt32 => 7u,
        _ => throw new NotSupportedException(field.FieldType.ToString()),
    };

    private static void Apply(Destination destination, EndpointUpdate update)
    {
        Backend backend = destination.Backends.Single(candidate => candidate.Name == update.Backend);
        var changed = update.Upserted.Select(Key).Concat(update.Removed).ToHashSet();
        Endpoint[] kept = [.. backend.Endpoints.Where(endpoint => !changed.Contains(Key(endpoint)))];
        backend.Endpoints.Clear();
        backend.Endpoints.AddRange(kept.Concat(update.Upserted));
    }

    /// <summary>Everything but the version and the order of endpoints.</summary>
    private static string Shape(Destination destination)
    {
        Destination copy = destination.Clone();
        copy.Version = 0;
        foreach (Backend backend in copy.Backends)
        {
            Endpoint[] sorted = [.. backend.Endpoints.OrderBy(Key, StringComparer.Ordinal)];
            backend.Endpoints.Clear();
            backend.Endpoints.AddRange(sorted);
        }
        return copy.ToString();
    }

    private static string Key(Endpoint endpoint) => $"{endpoint.Address}:{endpoint.Port}";
}
