using System.Net;
using Google.Protobuf;
using Tulle.Identity;
using Tulle.Protocol;
using Tulle.Proxy.Routing.Patterns;

namespace Tulle.Proxy.Configuration;

/// <summary>
/// Turns the JSON of a standalone proxy into the messages that a control plane would send: fills in what may be left out, and
/// checks what <see cref="JsonToWire"/> cannot know. Collects every mistake. No I/O.
/// </summary>
internal sealed class DestinationsReader
{
    private readonly string _file;
    private readonly List<string> _errors = [];

    private DestinationsReader(string file) => _file = file;

    /// <param name="json">Contents, UTF-8.</param>
    /// <param name="file">Its name, for messages.</param>
    public static DestinationsResult Read(ReadOnlySpan<byte> json, string file)
    {
        var reader = new DestinationsReader(file);
        WireWriter wire = JsonToWire.Convert(json, DestinationsSchema.File, file, reader._errors);
        if (reader._errors.Count > 0) return new DestinationsResult([], null, reader._errors);

        var destinations = new Dictionary<string, Destination>(StringComparer.Ordinal);
        InboundPolicy? inbound = null;
        var input = new CodedInputStream(wire.Written.ToArray());
        for (uint tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            ByteString message = input.ReadBytes();
            if (tag >> 3 == 1) reader.Take(Destination.Parser.ParseFrom(message), destinations);
            else reader.Take(inbound = InboundPolicy.Parser.ParseFrom(message));
        }
        return reader._errors.Count > 0 ? new DestinationsResult([], null, reader._errors) : new DestinationsResult(destinations, inbound, []);
    }

    private int _count;

    private void Take(Destination destination, Dictionary<string, Destination> destinations)
    {
        string at = $"destinations[{_count++}]";
        destination.Version = 1;
        destination.Resolution = Resolution.Mesh;
        if (!FlagValues.TryAuthority(destination.Authority, out string authority))
            Fail($"{at}.authority", "a host name with an optional port is needed, such as user-service:80");
        destination.Authority = authority;
        if (destination.Service is not null) Complete(destination.Service, $"{at}.service");

        for (int i = 0; i < destination.Backends.Count; i++) Complete(destination.Backends[i], $"{at}.backends[{i}]", destination.Service);
        foreach (var twice in destination.Backends.GroupBy(b => b.Name).Where(g => g.Count() > 1))
            Fail($"{at}.backends", $"two backends are named '{twice.Key}'");
        for (int i = 0; i < destination.Routes.Count; i++) Complete(destination.Routes[i], $"{at}.routes[{i}]", destination);
        for (int i = 0; i < destination.ConnectionRoutes.Count; i++) Complete(destination.ConnectionRoutes[i], $"{at}.connectionRoutes[{i}]", destination);
        CompleteRoutes(destination, at);
        Check(destination.NamedRoutes, at);
        if (!destinations.TryAdd(destination.Authority, destination) && destination.Authority.Length > 0)
            Fail($"{at}.authority", $"'{destination.Authority}' is listed a second time");
    }

    private void CompleteRoutes(Destination destination, string at)
    {
        if (destination.Routes.Count > 0)
        {
            if (destination.Routes[^1].Condition is not null)
                Fail($"{at}.routes", "the last route must take every request, so it cannot have a condition; add one without");
        }
        else if (destination.Backends.Count == 1)
        {
            destination.Routes.Add(new Route { Name = "default", Backends = { new WeightedBackend { Backend = destination.Backends[0].Name, Weight = 1 } } });
        }
        else
        {
            Fail($"{at}.routes", $"routes can be left out only when there is exactly one backend; here are {destination.Backends.Count}");
        }
    }

    private void Complete(Backend backend, string at, ServiceReference? service)
    {
        Need(backend.Name, $"{at}.name");
        if (backend.Service is not null) Complete(backend.Service, $"{at}.service");
        else if (service is not null) backend.Service = service;
        for (int i = 0; i < backend.Endpoints.Count; i++)
        {
            Endpoint endpoint = backend.Endpoints[i];
            string place = $"{at}.endpoints[{i}]";
            if (!IPAddress.TryParse(endpoint.Address, out _)) Fail($"{place}.address", $"an IP address is needed, not '{endpoint.Address}'");
            if (endpoint.Port == 0) Fail($"{place}.port", "a port from 1 to 65535 is needed");
            if (endpoint.Identity.Length > 0 && !SpiffeId.TryParse(endpoint.Identity, out _, out string? error)) Fail($"{place}.identity", error.TrimEnd('.'));
        }
    }

    private void Complete(Route route, string at, Destination destination)
    {
        if (route.Name.Length == 0) route.Name = "default";
        if (route.Condition is not null) Check(route.Condition, $"{at}.condition");
        for (int i = 0; i < route.Backends.Count; i++) CheckBackend(route.Backends[i].Backend, $"{at}.backends[{i}].backend", destination);
        for (int i = 0; i < route.Mirrors.Count; i++) CheckBackend(route.Mirrors[i].Backend, $"{at}.mirrors[{i}].backend", destination);
    }

    private void Complete(ConnectionRoute route, string at, Destination destination)
    {
        if (route.Name.Length == 0) route.Name = "default";
        for (int i = 0; i < route.Backends.Count; i++) CheckBackend(route.Backends[i].Backend, $"{at}.backends[{i}].backend", destination);
    }

    private void CheckBackend(string name, string at, Destination destination)
    {
        Need(name, at);
        if (name.Length > 0 && destination.Backends.All(b => b.Name != name))
            Fail(at, $"no backend is named '{name}'; there are: {string.Join(", ", destination.Backends.Select(b => b.Name))}");
    }

    private void Take(InboundPolicy policy)
    {
        policy.Version = 1;
        for (int i = 0; i < policy.Ports.Count; i++)
        {
            InboundPort port = policy.Ports[i];
            string at = $"inbound.ports[{i}]";
            if (port.Port == 0) Fail($"{at}.port", "a port from 1 to 65535 is needed");
            if ((int)port.Mode == DestinationsSchema.InheritedMode) port.Mode = policy.DefaultMode;
            if (port.Service is not null) Complete(port.Service, $"{at}.service");
            Check(port.NamedRoutes, at);
        }
    }

    private void Complete(ServiceReference service, string at)
    {
        if (service.Namespace.Length == 0) service.Namespace = "default";
        Need(service.Name, $"{at}.name");
    }

    private void Check(IReadOnlyList<NamedRoute> routes, string at)
    {
        for (int i = 0; i < routes.Count; i++)
        {
            Need(routes[i].Name, $"{at}.namedRoutes[{i}].name");
            if (routes[i].Condition is not null) Check(routes[i].Condition, $"{at}.namedRoutes[{i}].condition");
        }
    }

    private void Check(Condition condition, string at)
    {
        switch (condition.ConditionCase)
        {
            case Condition.ConditionOneofCase.All: Check(condition.All, $"{at}.all"); break;
            case Condition.ConditionOneofCase.Any: Check(condition.Any, $"{at}.any"); break;
            case Condition.ConditionOneofCase.Not: Check(condition.Not, $"{at}.not"); break;
            case Condition.ConditionOneofCase.Path: Check(condition.Path, $"{at}.path"); break;
            case Condition.ConditionOneofCase.Method: Check(condition.Method, $"{at}.method"); break;
            case Condition.ConditionOneofCase.Authority: Check(condition.Authority, $"{at}.authority"); break;
            case Condition.ConditionOneofCase.Scheme: Check(condition.Scheme, $"{at}.scheme"); break;
            case Condition.ConditionOneofCase.Header: Check(condition.Header, $"{at}.header"); break;
            case Condition.ConditionOneofCase.Query: Check(condition.Query, $"{at}.query"); break;
        }
    }

    private void Check(ConditionList list, string at)
    {
        for (int i = 0; i < list.Conditions.Count; i++) Check(list.Conditions[i], $"{at}[{i}]");
    }

    private void Check(HeaderMatch match, string at)
    {
        Need(match.Name, $"{at}.name");
        if (match.Value is null) Fail($"{at}.value", "an object with one of exact, prefix, regex and present is needed here");
        else Check(match.Value, $"{at}.value");
    }

    private void Check(StringMatch match, string at)
    {
        if (match.MatchCase == StringMatch.MatchOneofCase.Regex && Pattern.Compile(match.Regex, match.IgnoreCase).Error is { } error)
            Fail($"{at}.regex", $"the regular expression '{match.Regex}' cannot be used: {error}");
    }

    private void Need(string text, string at)
    {
        if (text.Length == 0) Fail(at, "a text is needed here");
    }

    private void Fail(string at, string problem) => _errors.Add($"{_file}: {at}: {problem}.");
}
