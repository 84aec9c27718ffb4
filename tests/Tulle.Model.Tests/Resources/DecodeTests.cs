using Tulle.Model.Resources;

namespace Tulle.Model.Tests.Resources;

public sealed class DecodeTests
{
    [Fact]
    public void VirtualService_Seed_HasItsRules()
    {
        VirtualService decoded = VirtualService.Decode(Yaml.Seed("virtualservice-canary.yaml"));

        Assert.Equal(["user-service"], decoded.Hosts);
        Assert.True(decoded.AppliesToMesh);
        HttpRule first = decoded.Http[0];
        Assert.Equal(new StringMatch(StringMatchKind.Exact, "v2"), Assert.Single(first.Matches).Headers["version"]);
        Assert.Equal(new WeightedDestination(new Destination("user-service", "v2", null), 1), Assert.Single(first.Route));
        Assert.Empty(decoded.Http[1].Matches);
        Assert.Equal([("v1", 90u), ("v2", 10u)], decoded.Http[1].Route.Select(route => (route.Destination.Subset, route.Weight)));
    }

    [Fact]
    public void VirtualService_EveryMatch_IsRead()
    {
        HttpMatch match = VirtualService.Decode(Yaml.Object("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: x}
            spec:
              hosts: [a]
              http:
              - match:
                - name: all
                  uri: {prefix: /a}
                  ignore_uri_case: true
                  scheme: {exact: http}
                  method: {regex: GET|HEAD}
                  authority: {exact: a}
                  headers: {X-Present: {}, x-any: {regex: '*'}, uri: {exact: ignored}}
                  without_headers: {x-no: {exact: v}}
                  query_params: {q: {exact: "1"}}
                  port: 80
                  sourceLabels: {app: web}
                  source_namespace: shop
                  gateways: [mesh]
                route: [{destination: {host: a, port: {number: 8080}}, weight: 7}]
            """)).Http[0].Matches[0];

        Assert.Equal("all", match.Name);
        Assert.Equal(new StringMatch(StringMatchKind.Prefix, "/a"), match.Uri);
        Assert.True(match.IgnoreUriCase);
        Assert.Equal(new StringMatch(StringMatchKind.Exact, "http"), match.Scheme);
        Assert.Equal(new StringMatch(StringMatchKind.Regex, "GET|HEAD"), match.Method);
        Assert.Equal(new StringMatch(StringMatchKind.Exact, "a"), match.Authority);
        Assert.Equal([("x-any", StringMatch.Present), ("x-present", StringMatch.Present)], match.Headers.Select(header => (header.Key, header.Value)).Order(Comparer<(string, StringMatch)>.Create((a, b) => string.CompareOrdinal(a.Item1, b.Item1))));
        Assert.Equal(new StringMatch(StringMatchKind.Exact, "v"), match.WithoutHeaders["x-no"]);
        Assert.Equal(new StringMatch(StringMatchKind.Exact, "1"), match.QueryParams["q"]);
        Assert.Equal(80, match.Port);
        Assert.Equal("web", match.SourceLabels["app"]);
        Assert.Equal("shop", match.SourceNamespace);
        Assert.Equal(["mesh"], match.Gateways);
    }

    [Theory]
    [InlineData("[]", true)]
    [InlineData("[mesh, edge]", true)]
    [InlineData("[edge]", false)]
    public void VirtualService_Gateways_DecideWhetherTheMeshApplies(string gateways, bool mesh)
    {
        Assert.Equal(mesh, VirtualService.Decode(Yaml.Object($"{{kind: VirtualService, metadata: {{name: x}}, spec: {{gateways: {gateways}}}}}")).AppliesToMesh);
    }

    [Theory]
    [InlineData("redirect: {uri: /}", HttpAction.Redirect)]
    [InlineData("direct_response: {status: 200}", HttpAction.DirectResponse)]
    [InlineData("delegate: {name: y}", HttpAction.Delegate)]
    [InlineData("route: []", HttpAction.Route)]
    public void VirtualService_Action_IsTold(string action, HttpAction expected)
    {
        Assert.Equal(expected, VirtualService.Decode(Yaml.Object($"{{kind: VirtualService, metadata: {{name: x}}, spec: {{http: [{{{action}}}]}}}}")).Http[0].Action);
    }

    [Fact]
    public void DestinationRule_Subsets_HaveTheirLabels()
    {
        DestinationRule rule = DestinationRule.Decode(Yaml.Object("{kind: DestinationRule, metadata: {name: x, namespace: n}, spec: {host: a, subsets: [{name: v1, labels: {version: v1}}, {name: all}]}}"));
        Assert.Equal("n/x", rule.Meta.ToString());
        Assert.Equal("v1", rule.Subsets[0].Labels["version"]);
        Assert.Empty(rule.Subsets[1].Labels);
    }

    [Theory]
    [InlineData("90", "10", 90u, 10u)]
    [InlineData("900m", "100m", 900u, 100u)]
    [InlineData("1", "500m", 1000u, 500u)]
    [InlineData("0.9", "0.1", 900u, 100u)]
    [InlineData("1k", "'5'", 1000u, 5u)]
    public void TrafficSplit_Weights_KeepTheirRatio(string first, string second, uint expectedFirst, uint expectedSecond)
    {
        TrafficSplit split = TrafficSplit.Decode(Yaml.Object($"{{kind: TrafficSplit, metadata: {{name: x}}, spec: {{service: a, backends: [{{service: b, weight: {first}}}, {{service: c, weight: {second}}}]}}}}"));
        Assert.Equal([new SplitBackend("b", expectedFirst), new SplitBackend("c", expectedSecond)], split.Backends);
    }

    [Fact]
    public void ServiceProfile_Conditions_Nest()
    {
        RequestCondition condition = ServiceProfile.Decode(Yaml.Object("{kind: ServiceProfile, metadata: {name: a.b.svc.cluster.local}, spec: {routes: [{name: r, condition: {method: GET, any: [{pathRegex: /a}, {not: {all: [{pathRegex: /b}]}}]}}]}}")).Routes[0].Condition;
        Assert.Equal("GET", condition.Method);
        Assert.Equal("/a", condition.Any[0].PathRegex);
        Assert.Equal("/b", condition.Any[1].Not!.All[0].PathRegex);
    }

    [Fact]
    public void PeerAuthentication_Modes_PerPort()
    {
        PeerAuthentication policy = PeerAuthentication.Decode(Yaml.Object("{kind: PeerAuthentication, metadata: {name: x}, spec: {selector: {matchLabels: {app: a}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}, 9090: {mode: UNSET}}}}"));
        Assert.Equal("a", policy.Selector!["app"]);
        Assert.Equal(PeerMtlsMode.Strict, policy.Mode);
        Assert.Equal(PeerMtlsMode.Disable, policy.PortModes[8080]);
        Assert.Equal(PeerMtlsMode.Unset, policy.PortModes[9090]);
        Assert.Null(PeerAuthentication.Decode(Yaml.Seed("peerauthentication-strict.yaml")).Selector);
    }

    [Fact]
    public void Service_TargetPort_DefaultsToPort()
    {
        Service service = Service.Decode(Yaml.Object("{kind: Service, metadata: {name: x}, spec: {clusterIP: None, selector: {app: a}, ports: [{port: 80}, {name: g, port: 81, targetPort: grpc, appProtocol: grpc}]}}"));
        Assert.True(service.IsHeadless);
        Assert.Equal(new ServicePort("", 80, "80", "TCP", null), service.Ports[0]);
        Assert.Equal(new ServicePort("g", 81, "grpc", "TCP", "grpc"), service.Ports[1]);
    }

    [Theory]
    [InlineData("", "pod/web-1-x")]
    [InlineData("labels: {pod-template-hash: '7f9'}, ownerReferences: [{kind: ReplicaSet, name: web-7f9, controller: true}],", "deployment/web")]
    [InlineData("ownerReferences: [{kind: ReplicaSet, name: web-7f9, controller: true}],", "replicaset/web-7f9")]
    [InlineData("ownerReferences: [{kind: StatefulSet, name: db, controller: true}],", "statefulset/db")]
    [InlineData("ownerReferences: [{kind: Deployment, name: web}, {kind: Deployment, name: shop, controller: true}],", "deployment/shop")]
    public void Pod_Workload_IsItsOwner(string owners, string workload)
    {
        Pod pod = Pod.Decode(Yaml.Object($"{{kind: Pod, metadata: {{{owners} name: web-1-x}}, spec: {{initContainers: [{{name: tulle-proxy}}], containers: [{{name: app, ports: [{{containerPort: 8080}}]}}]}}, status: {{podIP: 10.0.0.1, conditions: [{{type: Ready, status: 'True'}}]}}}}"));
        Assert.Equal(workload, pod.Workload);
        Assert.True(pod.IsMeshed);
        Assert.True(pod.Ready);
        Assert.Equal("default", pod.ServiceAccount);
        Assert.Equal(8080, pod.Containers[1].Ports[0].Port);
    }

    [Fact]
    public void EndpointSlice_Conditions_UnknownIsReady()
    {
        EndpointSlice slice = EndpointSlice.Decode(Yaml.Object("{kind: EndpointSlice, metadata: {name: x, labels: {kubernetes.io/service-name: a}}, addressType: IPv4, ports: [{name: '', port: 8080}], endpoints: [{addresses: [10.0.0.1], targetRef: {kind: Pod, name: p}}, {addresses: [10.0.0.2], conditions: {ready: false, terminating: true}}]}"));
        Assert.Equal("a", slice.Service);
        Assert.Equal(8080, slice.Ports[0].Port);
        Assert.True(slice.Endpoints[0] is { Ready: true, Pod: "p" });
        Assert.True(slice.Endpoints[1] is { Ready: false, Terminating: true, Pod: null });
    }

    [Fact]
    public void ObjectMeta_CompareAge_OldestThenName()
    {
        ObjectMeta Make(string name, string time) => ObjectMeta.Decode(Yaml.Object($"{{kind: X, metadata: {{name: {name}, creationTimestamp: '{time}'}}}}"));
        ObjectMeta[] sorted = [Make("c", "2026-01-01T00:00:00Z"), Make("a", "2026-01-02T00:00:00Z"), Make("b", "2026-01-02T00:00:00Z")];
        Assert.Equal(sorted, sorted.Reverse().Order(Comparer<ObjectMeta>.Create(ObjectMeta.CompareAge)));
    }
}
