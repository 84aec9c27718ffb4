using System.Text;
using Tulle.Protocol;
using Tulle.Proxy.Configuration;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Configuration;

public sealed class DestinationsReaderTests
{
    [Fact]
    public void Read_OneBackend_RouteIsImplied()
    {
        Destination destination = Assert.Single(Read("""
            { "destinations": [ { "authority": "Users", "backends": [ { "name": "b", "endpoints": [ { "address": "127.0.0.1", "port": 8080 } ] } ] } ] }
            """).Destinations).Value;
        Assert.Equal("users:80", destination.Authority);
        Assert.Equal(Resolution.Mesh, destination.Resolution);
        Assert.Equal("b", Assert.Single(Assert.Single(destination.Routes).Backends).Backend);
        Assert.Equal(8080u, destination.Backends[0].Endpoints[0].Port);
    }

    [Fact]
    public void Read_Everything_MirrorsTheMessages()
    {
        DestinationsResult result = Read("""
            {
              // comments are fine
              "destinations": [ {
                "authority": "users.shop:8080", "protocol": "http1", "service": { "namespace": "shop", "name": "users", "port": 8080 },
                "routes": [
                  { "name": "canary", "condition": { "all": [
                      { "header": { "name": "Version", "value": { "exact": "v2", "ignoreCase": true } } },
                      { "not": { "path": { "prefix": "/admin" } } },
                      { "any": [ { "method": { "regex": "GET|HEAD" } }, { "query": { "name": "Q", "value": { "present": true } } } ] } ] },
                    "backends": [ { "backend": "v2" } ] },
                  { "name": "default", "backends": [ { "backend": "v1", "weight": 90 }, { "backend": "v2", "weight": 10 } ] } ],
                "backends": [ { "name": "v1", "subset": "v1", "endpoints": [ { "address": "::1", "port": 1, "identity": "spiffe://td/ns/a/sa/b", "pod": "p", "workload": "deployment/p" } ] },
                              { "name": "v2" } ],
                "namedRoutes": [ { "name": "GET /users", "condition": { "path": { "exact": "/users" } } } ],
              } ],
              "inbound": { "defaultMode": "strict", "workload": "deployment/x", "ports": [ { "port": 8080, "protocol": "opaque", "service": { "name": "x" } }, { "port": 9, "mode": "disable" } ] }
            }
            """);
        Destination users = result.Destinations["users.shop:8080"];
        Condition canary = users.Routes[0].Condition;
        Assert.Equal("version", canary.All.Conditions[0].Header.Name);
        Assert.True(canary.All.Conditions[0].Header.Value.IgnoreCase);
        Assert.Equal("/admin", canary.All.Conditions[1].Not.Path.Prefix);
        Assert.Equal("Q", canary.All.Conditions[2].Any.Conditions[1].Query.Name);
        Assert.Equal([90u, 10u], users.Routes[1].Backends.Select(b => b.Weight));
        Assert.Equal("spiffe://td/ns/a/sa/b", users.Backends[0].Endpoints[0].Identity);
        Assert.Equal("users", users.Backends[0].Service.Name);
        Assert.Equal("GET /users", users.NamedRoutes[0].Name);
        Assert.Equal(MtlsMode.MtlsStrict, result.Inbound!.Ports[0].Mode);
        Assert.Equal(MtlsMode.MtlsDisable, result.Inbound.Ports[1].Mode);
        Assert.Equal(Protocol.Protocol.Opaque, result.Inbound.Ports[0].Protocol);
    }

    [Fact]
    public void Read_ExampleOfTheDocumentation_IsTaken()
    {
        string page = File.ReadAllText(RepositoryFolder.PathOf("docs", "reference", "proxy.md"));
        int begin = page.IndexOf("```jsonc\n", StringComparison.Ordinal) + "```jsonc\n".Length;
        DestinationsResult result = Read(page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)]);
        Assert.Equal(2, result.Destinations["user-service:80"].Routes.Count);
        Assert.Equal(MtlsMode.MtlsStrict, result.Inbound!.Ports[0].Mode);
    }

    [Theory]
    [InlineData("""{""", "f.json:1: this is not valid JSON")]
    [InlineData("null", "an object with the fields destinations, inbound is needed, not null")]
    [InlineData("""
        { "destinations": [
          { "authority": 5 } ] }
        """, "f.json:2: destinations[0].authority: a text is needed here, not 5")]
    [InlineData("""{ "destinatons": [] }""", "f.json:1: destinatons: there is no such field; here are: destinations, inbound.")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b", "endpoints": [ { "address": "a", "port": 1 } ] } ] } ] }""", "destinations[0].backends[0].endpoints[0].address: an IP address is needed, not 'a'")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b", "endpoints": [ { "address": "1.1.1.1", "port": 99999 } ] } ] } ] }""", "endpoints[0].port: a whole number from 0 to 65535 is needed here, not 99999")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b", "endpoints": [ { "address": "1.1.1.1", "port": 1, "identity": "x" } ] } ] } ] }""", "is not a SPIFFE ID")]
    [InlineData("""{ "destinations": [ { "authority": "http://a", "backends": [ { "name": "b" } ] } ] }""", "destinations[0].authority: a host name")]
    [InlineData("""{ "destinations": [ { "authority": "a" } ] }""", "exactly one backend; here are 0")]
    [InlineData("""{ "destinations": [ { "authority": "a", "protocol": "h2", "backends": [ { "name": "b" } ] } ] }""", "not 'h2'")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" } ] }, { "authority": "A:80", "backends": [ { "name": "b" } ] } ] }""", "listed a second time")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" }, { "name": "b" } ], "routes": [ { } ] } ] }""", "two backends are named 'b'")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" } ], "routes": [ { "backends": [ { "backend": "c" } ] } ] } ] }""", "no backend is named 'c'; there are: b")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" } ], "routes": [ { "condition": { "path": { "exact": "/" } } } ] } ] }""", "the last route must take every request")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" } ], "routes": [ { "condition": { } }, { } ] } ] }""", "exactly one of these fields is needed: all, any")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" } ], "routes": [ { "condition": { "path": { "exact": "/", "prefix": "/" } } }, { } ] } ] }""", "exactly one of these fields is needed: exact, prefix, regex, present")]
    [InlineData("""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" } ], "routes": [ { "condition": { "path": { "regex": "(" } } }, { } ] } ] }""", "the regular expression '(' cannot be used")]
    [InlineData("""{ "inbound": { "defaultMode": "on" } }""", "inbound.defaultMode: one of permissive, strict and disable is needed, not 'on'")]
    [InlineData("""{ "inbound": { "ports": [ { } ] } }""", "inbound.ports[0].port: a port from 1 to 65535")]
    public void Read_Mistake_NamesFilePlaceAndRemedy(string json, string expected)
    {
        DestinationsResult result = DestinationsReader.Read(Encoding.UTF8.GetBytes(json), "f.json");
        string error = Assert.Single(result.Errors);
        Assert.StartsWith("f.json:", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Empty(result.Destinations);
    }

    [Theory]
    [InlineData("""{ "retries": { "on": [ "5xx", "all" ] } }""", "routes[0].retries.on[1]: one of 5xx, gateway-error")]
    [InlineData("""{ "redirect": {}, "directResponse": {} }""", "at most one of these fields is needed: redirect, directResponse")]
    [InlineData("""{ "mirrors": [ { "backend": "c" } ] }""", "mirrors[0].backend: no backend is named 'c'")]
    [InlineData("""{ "fault": { "delayPpm": -1 } }""", "fault.delayPpm: a whole number from 0 to 1000000 is needed here, not -1")]
    [InlineData("""{ "timeouts": 5 }""", "timeouts: an object with the fields requestMs")]
    [InlineData("""{ "name": "a", "name": "b" }""", "name: the field is given twice")]
    public void Read_MistakeInARoute_IsNamed(string route, string expected) => Read_Mistake_NamesFilePlaceAndRemedy(
        $$"""{ "destinations": [ { "authority": "a", "backends": [ { "name": "b" } ], "routes": [ {{route}} ] } ] }""", expected);

    [Fact]
    public void Read_SeveralMistakes_AreAllNamed()
    {
        DestinationsResult result = DestinationsReader.Read("""
            { "destinations": [ { "authority": 1, "protocol": "x",
                "backends": 5 } ],
              "other": {} }
            """u8, "f.json");
        Assert.Equal(["f.json:1: destinations[0].authority", "f.json:1: destinations[0].protocol", "f.json:2: destinations[0].backends", "f.json:3: other"],
            result.Errors.Select(e => string.Join(':', e.Split(':')[..3])));
    }

    [Fact]
    public void Read_TrafficPolicy_ReachesTheMessages()
    {
        Destination destination = Assert.Single(Read("""
            { "destinations": [ { "authority": "a", "retryBudget": { "ratioPpm": 200000 }, "accessLog": { "json": true },
                "backends": [ { "name": "b", "protocol": "http2", "connectionPool": { "maxConnections": 100, "keepalive": { "probes": 3 } },
                    "outlierDetection": { "consecutive5xx": 5, "errorCodes": [ 500, 503 ] }, "loadBalancer": { "policy": "maglev", "hash": { "cookie": { "name": "c", "ttlMs": 0 } } } } ],
                "routes": [ { "backends": [ { "backend": "b", "requestHeaders": { "set": [ { "name": "X-A", "value": "1" } ] } } ],
                    "cors": { "origins": [ { "exact": "*" } ], "maxAgeSeconds": -1 }, "fault": { "delayMs": 100, "delayPpm": 500, "abortGrpcStatus": 0 },
                    "mirrors": [ { "backend": "b" } ], "retries": { "limit": 3, "on": [ "5xx", "reset" ], "statusCodes": [ 409 ] },
                    "rateLimit": { "requestsPerSecond": 0.5 } } ] } ] }
            """).Destinations).Value;
        Route route = destination.Routes[0];
        Assert.Equal(200_000u, destination.RetryBudget.RatioPpm);
        Assert.True(destination.AccessLog is { Enabled: true, Json: true });
        Assert.Equal([500u, 503u], destination.Backends[0].OutlierDetection.ErrorCodes);
        Assert.Equal(3u, destination.Backends[0].ConnectionPool.Keepalive.Probes);
        Assert.True(destination.Backends[0].LoadBalancer.Hash.Cookie.HasTtlMs);
        Assert.Equal("x-a", route.Backends[0].RequestHeaders.Set[0].Name);
        Assert.Equal(-1, route.Cors.MaxAgeSeconds);
        Assert.True(route.Fault.HasAbortGrpcStatus);
        Assert.Equal(1_000_000u, route.Mirrors[0].Ppm);
        Assert.Equal([RetryCondition.Retry5Xx, RetryCondition.RetryReset], route.Retries.On);
        Assert.Equal(0.5, route.RateLimit.RequestsPerSecond);
    }

    private static DestinationsResult Read(string json)
    {
        DestinationsResult result = DestinationsReader.Read(Encoding.UTF8.GetBytes(json), "f.json");
        Assert.Empty(result.Errors);
        return result;
    }
}
