using Tulle.Model.Analysis;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Resources;
using Tulle.Model.Schemas;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Analysis;

public sealed class MeshAnalysisTests
{
    private const string Services = """
        {kind: Service, metadata: {name: user-service, namespace: default}, spec: {selector: {app: user-service}, ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: user-service-v1, namespace: default}, spec: {ports: [{port: 80}]}}
        ---
        {kind: Service, metadata: {name: orders, namespace: shop}, spec: {ports: [{port: 80}, {port: 81}]}}
        ---
        {kind: Pod, metadata: {name: u1, namespace: default, labels: {app: user-service, version: v1}}}
        ---
        {kind: Pod, metadata: {name: u2, namespace: default, labels: {app: user-service, version: v2}}}
        """;

    private const string Subsets = """
        {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: user-service, namespace: default}, spec: {host: user-service, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}}
        """;

    private const string Canary = """
        {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: user-service, namespace: default, creationTimestamp: '2026-01-01T00:00:00Z'},
         spec: {hosts: [user-service], http: [{route: [{destination: {host: user-service, subset: v1}, weight: 90}, {destination: {host: user-service, subset: v2}, weight: 10}]}]}}
        """;

    [Fact]
    public void Analyze_SoundMesh_HasNoFindings()
    {
        Assert.Empty(MeshAnalysis.Analyze(Snapshot(Services, Subsets, Canary)));
    }

    [Fact]
    public void Review_MissingSubset_NamesTheOnesThereAre()
    {
        AssertFindings(Review(Snapshot(Services, Subsets), Canary.Replace("subset: v2", "subset: v3")),
            "spec.http[0].route[1].destination.subset: no DestinationRule defines subset v3 of user-service, so requests sent there fail with 503; add the subset to DestinationRule default/user-service, or write one of its subsets: v1, v2");
    }

    [Fact]
    public void Review_NoDestinationRule_SaysSo()
    {
        Assert.Equal(["SubsetNotFound", "SubsetNotFound"], Review(Snapshot(Services), Canary).Select(finding => finding.Reason));
    }

    [Theory]
    [InlineData("nobody", "HostNotFound")]
    [InlineData("orders", "HostNotFound")]
    [InlineData("orders.shop", null)]
    [InlineData("orders.shop.svc.cluster.local", null)]
    [InlineData("nobody.shop", "HostNotFound")]
    [InlineData("example.com", null)]
    public void Review_DestinationHost_MustExistIfItIsInTheMesh(string host, string? reason)
    {
        string route = $"{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: x, namespace: default}}, spec: {{hosts: [user-service], http: [{{route: [{{destination: {{host: {host}}}}}]}}]}}}}";
        Assert.Equal(reason, Review(Snapshot(Services), route).SingleOrDefault()?.Reason);
    }

    [Fact]
    public void Review_DestinationPort_MustBeOneOfTheService()
    {
        AssertFindings(Review(Snapshot(Services), "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: x, namespace: default}, spec: {hosts: [user-service], http: [{route: [{destination: {host: orders.shop, port: {number: 82}}}]}]}}"),
            "spec.http[0].route[0].destination.port.number: service shop/orders has no port 82, so requests sent there fail with 503; write one of its ports: 80, 81");
    }

    [Fact]
    public void Review_SecondVirtualServiceForAHost_TheOldestWins()
    {
        AssertFindings(Review(Snapshot(Services, Subsets, Canary), "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: other, namespace: default}, spec: {hosts: [user-service.default.svc.cluster.local], http: [{route: [{destination: {host: user-service}}]}]}}"),
            "spec.hosts[0]: user-service.default.svc.cluster.local is also a host of VirtualService default/user-service; the oldest, default/user-service, decides alone and this one has no effect; put the rules of one host into one VirtualService");
    }

    [Fact]
    public void Review_SameVirtualServiceAgain_IsNoRival()
    {
        Assert.Empty(Review(Snapshot(Services, Subsets, Canary), Canary));
    }

    [Fact]
    public void Review_VirtualServiceOnGatewaysOnly_IsNoRival()
    {
        Assert.Empty(Review(Snapshot(Services, Subsets, Canary), "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: other, namespace: default}, spec: {hosts: [user-service], gateways: [edge], http: [{route: [{destination: {host: user-service}}]}]}}"));
    }

    [Fact]
    public void Review_SubsetWithoutPods_NamesTheValuesThereAre()
    {
        AssertFindings(Review(Snapshot(Services), Subsets.Replace("version: v2", "version: v3")),
            "spec.subsets[1].labels: no pod of service default/user-service has the labels version=v3 of subset v2, so requests sent there fail with 503; label some pods version=v3, or write one of the values they have: v1, v2");
    }

    [Fact]
    public void Review_RuleLosesASubsetInUse_SaysWhoUsesIt()
    {
        AssertFindings(Review(Snapshot(Services, Subsets, Canary), Subsets.Replace("name: v2", "name: next")),
            "spec.subsets: VirtualService default/user-service routes to subset v2, which is not defined, so requests sent there fail with 503; add subset v2, or change the route first");
    }

    [Fact]
    public void Review_TrafficSplitSeed_BesideAVirtualService_HasNoEffect()
    {
        MappingNode seed = Yaml.Seed("trafficsplit-canary.yaml");
        seed = seed.With("metadata", ((MappingNode)seed["metadata"]!).With("namespace", ScalarNode.String("default")));
        AssertFindings(MeshAnalysis.Review(Snapshot(Services, Subsets, Canary), KindLookup.Find(seed).Kind!, seed),
            "spec.backends[1].service: there is no service user-service-v2 in namespace default, so its share of the requests fails with 503; create the service or correct the name",
            "spec.service: VirtualService default/user-service also routes user-service and comes first, so this split has no effect; delete the VirtualService or write the weights there");
    }

    [Fact]
    public void Review_SecondTrafficSplit_HasNoEffect()
    {
        const string Split = "{apiVersion: split.smi-spec.io/v1alpha2, kind: TrafficSplit, metadata: {name: a, namespace: default, creationTimestamp: '2026-01-01T00:00:00Z'}, spec: {service: user-service, backends: [{service: user-service-v1, weight: 1}]}}";
        Assert.Contains("TrafficSplit default/a already splits user-service", Assert.Single(Review(Snapshot(Services, Split), Split.Replace("name: a,", "name: b,").Replace("creationTimestamp: '2026-01-01T00:00:00Z'", "uid: u"))).Message);
    }

    [Fact]
    public void Review_ServiceProfileOfNoService_SaysHowToNameIt()
    {
        Assert.Equal("HostNotFound", Assert.Single(Review(Snapshot(Services), "{apiVersion: linkerd.io/v1alpha2, kind: ServiceProfile, metadata: {name: nobody.default.svc.cluster.local, namespace: default}, spec: {routes: []}}")).Reason);
    }

    [Theory]
    [InlineData("mirror: {host: nobody}", "spec.http[0].mirror.host: there is no service nobody in namespace default, so no copy of a request arrives; create the service or correct the host")]
    [InlineData("mirrors: [{destination: {host: user-service, subset: v3}}]", "spec.http[0].mirrors[0].destination.subset: no DestinationRule defines subset v3 of user-service, so no copy of a request arrives; add the subset to DestinationRule default/user-service, or write one of its subsets: v1, v2")]
    public void Review_Mirror_MustExist(string mirror, string finding)
    {
        AssertFindings(Review(Snapshot(Services, Subsets), $"{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: x, namespace: default}}, spec: {{hosts: [user-service], http: [{{route: [{{destination: {{host: user-service}}}}], {mirror}}}]}}}}"), finding);
    }

    [Theory]
    [InlineData("tls: [{match: [{sniHosts: [user-service]}], route: [{destination: {host: nobody}}]}]", "spec.tls[0].route[0].destination.host: there is no service nobody in namespace default, so connections sent there are refused; create the service or correct the host")]
    [InlineData("tcp: [{route: [{destination: {host: user-service, subset: v3}}]}]", "spec.tcp[0].route[0].destination.subset: no DestinationRule defines subset v3 of user-service, so connections sent there are refused; add the subset to DestinationRule default/user-service, or write one of its subsets: v1, v2")]
    public void Review_DestinationOfConnections_MustExist(string rules, string finding)
    {
        AssertFindings(Review(Snapshot(Services, Subsets), $"{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: x, namespace: default}}, spec: {{hosts: [user-service], {rules}}}}}"), finding);
    }

    [Fact]
    public void Review_RuleLosesATcpRulesSubset_SaysWhoUsesIt()
    {
        const string Tcp = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: m, namespace: default}, spec: {hosts: [user-service], tcp: [{route: [{destination: {host: user-service, subset: v2}}]}]}}";
        Assert.Equal("SubsetNotFound", Assert.Single(Review(Snapshot(Services, Subsets, Tcp), Subsets.Replace("name: v2", "name: next"))).Reason);
    }

    [Theory]
    [InlineData("user-servcie", "create the service or correct the host; did you mean \"user-service\"?")]
    [InlineData("orders", "create the service or correct the host; namespace shop has one, which is called orders.shop")]
    [InlineData("nobody", "create the service or correct the host")]
    public void Review_HostOfNoService_NamesTheOneThatWasMeant(string host, string remedy)
    {
        string rule = $"{{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {{name: x, namespace: default}}, spec: {{host: {host}}}}}";
        string route = $"{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: x, namespace: default}}, spec: {{hosts: [user-service-v1], http: [{{route: [{{destination: {{host: {host}}}}}]}}]}}}}";
        Assert.Equal(remedy, Assert.Single(Review(Snapshot(Services), rule)).Remedy);
        Assert.Equal(remedy, Assert.Single(Review(Snapshot(Services), route)).Remedy);
    }

    [Fact]
    public void Review_RuleLosesAMirrorsSubset_SaysWhoUsesIt()
    {
        const string Mirror = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: m, namespace: default}, spec: {hosts: [user-service], http: [{route: [{destination: {host: user-service}}], mirror: {host: user-service, subset: v2}}]}}";
        Assert.Equal("SubsetNotFound", Assert.Single(Review(Snapshot(Services, Subsets, Mirror), Subsets.Replace("name: v2", "name: next"))).Reason);
    }

    [Theory]
    [InlineData("{name: missing}", "there is no VirtualService missing in namespace default, so the rule has no effect and requests go on to the next")]
    [InlineData("{name: user-service}", "VirtualService default/user-service has hosts of its own and is no delegate, so the rule has no effect")]
    [InlineData("{name: rest}", null)]
    [InlineData("{name: rest, namespace: shop}", "there is no VirtualService rest in namespace shop, so the rule has no effect and requests go on to the next")]
    public void Review_Delegate_MustBeOne(string reference, string? message)
    {
        const string Rest = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: rest, namespace: default}, spec: {http: [{route: [{destination: {host: user-service}}]}]}}";
        string root = $"{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: root, namespace: default}}, spec: {{hosts: [user-service-v1], http: [{{delegate: {reference}}}]}}}}";
        Assert.Equal(message, Review(Snapshot(Services, Subsets, Canary, Rest), root).SingleOrDefault()?.Message);
    }

    [Fact]
    public void Review_DelegateOfNobody_HasNoEffect()
    {
        const string Rest = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: rest, namespace: default}, spec: {http: [{route: [{destination: {host: user-service}}]}]}}";
        const string Root = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: root, namespace: shop}, spec: {hosts: [orders], http: [{delegate: {name: rest, namespace: default}}]}}";
        Assert.Equal("DelegateUnused", Assert.Single(Review(Snapshot(Services), Rest)).Reason);
        Assert.Empty(Review(Snapshot(Services, Root), Rest));
    }

    [Fact]
    public void Review_PortSettingsOfNoPort_HaveNoEffect()
    {
        AssertFindings(Review(Snapshot(Services), "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: x, namespace: default}, spec: {host: orders.shop, trafficPolicy: {portLevelSettings: [{port: {number: 81}, loadBalancer: {simple: RANDOM}}, {port: {number: 82}, loadBalancer: {simple: RANDOM}}]}}}"),
            "spec.trafficPolicy.portLevelSettings: service shop/orders has no port 82, so the settings for it have no effect; write one of its ports: 80, 81");
    }

    [Theory]
    [InlineData("isRetryable: true", "HostConflict")]
    [InlineData("isRetryable: false", null)]
    public void Review_ServiceProfileBesideAVirtualService_OnlyNamesRoutes(string policy, string? reason)
    {
        string profile = $"{{apiVersion: linkerd.io/v1alpha2, kind: ServiceProfile, metadata: {{name: user-service.default.svc.cluster.local, namespace: default}}, spec: {{routes: [{{name: a, condition: {{method: GET}}, {policy}}}]}}}}";
        Assert.Equal(reason, Review(Snapshot(Services, Subsets, Canary), profile).SingleOrDefault()?.Reason);
    }

    [Fact]
    public void Review_OverrideOfNoService_SaysWhatFails()
    {
        AssertFindings(Review(Snapshot(Services), "{apiVersion: linkerd.io/v1alpha2, kind: ServiceProfile, metadata: {name: user-service.default.svc.cluster.local, namespace: default}, spec: {dstOverrides: [{authority: 'user-service-v1:80', weight: 1}, {authority: 'nobody.shop.svc.cluster.local:80', weight: 1}]}}"),
            "spec.dstOverrides[1].authority: there is no service nobody in namespace shop, so its share of the requests fails with 503; create the service or correct the authority");
    }

    [Theory]
    [InlineData("default", "{selector: {matchLabels: {app: nobody}}}", "SelectorWithoutPods")]
    [InlineData("default", "{selector: {matchLabels: {app: user-service}}}", null)]
    [InlineData("istio-system", "{selector: {matchLabels: {app: user-service}}}", "PolicyIgnored")]
    [InlineData("default", "{mtls: {mode: STRICT}}", "PolicyConflict")]
    [InlineData("shop", "{mtls: {mode: STRICT}}", null)]
    public void Review_PeerAuthentication_ThatHasNoEffect_IsTold(string space, string spec, string? reason)
    {
        const string Existing = "{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: default, namespace: default, creationTimestamp: '2026-01-01T00:00:00Z'}, spec: {mtls: {mode: PERMISSIVE}}}";
        string policy = $"{{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {{name: x, namespace: {space}}}, spec: {spec}}}";
        Assert.Equal(reason, Review(Snapshot(Services, Existing), policy).SingleOrDefault()?.Reason);
    }

    [Fact]
    public void Review_OverridesBesideATrafficSplit_HaveNoEffect()
    {
        const string Split = "{apiVersion: split.smi-spec.io/v1alpha2, kind: TrafficSplit, metadata: {name: a, namespace: default}, spec: {service: user-service, backends: [{service: user-service-v1, weight: 1}]}}";
        const string Profile = "{apiVersion: linkerd.io/v1alpha2, kind: ServiceProfile, metadata: {name: user-service.default.svc.cluster.local, namespace: default}, spec: {dstOverrides: [{authority: user-service-v1, weight: 1}]}}";
        Assert.Equal("HostConflict", Assert.Single(Review(Snapshot(Services, Split), Profile)).Reason);
    }

    [Theory]
    [InlineData("{app: user-service}", "8080", null)]
    [InlineData("{app: nobody}", "8080", "SelectorWithoutPods")]
    [InlineData("{app: user-service}", "http", "PortNotFound")]
    public void Review_Server_MustSelectAPort(string labels, string port, string? reason)
    {
        string server = $"{{apiVersion: policy.linkerd.io/v1beta3, kind: Server, metadata: {{name: s, namespace: default}}, spec: {{podSelector: {{matchLabels: {labels}}}, port: {port}}}}}";
        Assert.Equal(reason, Review(Snapshot(Services), server).SingleOrDefault()?.Reason);
    }

    [Fact]
    public void Review_RateLimit_NeedsItsServerForItself()
    {
        const string Server = "{apiVersion: policy.linkerd.io/v1beta3, kind: Server, metadata: {name: s, namespace: default}, spec: {podSelector: {}, port: 80}}";
        const string Limit = "{apiVersion: policy.linkerd.io/v1alpha1, kind: HTTPLocalRateLimitPolicy, metadata: {name: a, namespace: default}, spec: {targetRef: {kind: Server, name: s}, total: {requestsPerSecond: 5}}}";
        Assert.Equal("ServerNotFound", Assert.Single(Review(Snapshot(Services), Limit)).Reason);
        Assert.Empty(Review(Snapshot(Services, Server), Limit));
        Assert.Equal("PolicyConflict", Assert.Single(Review(Snapshot(Services, Server, Limit.Replace("name: a,", "name: b, creationTimestamp: '2026-01-01T00:00:00Z',")), Limit)).Reason);
    }

    private static IReadOnlyList<Finding> Review(MeshSnapshot snapshot, string text)
    {
        MappingNode obj = Yaml.Object(text);
        ResourceKind kind = KindLookup.Find(obj).Kind!;
        IReadOnlyList<Finding> findings = MeshAnalysis.Review(snapshot, kind, obj);
        // Analysis warns, whatever it finds: what is missing may be applied next.
        Assert.All(findings, finding => Assert.Equal(Severity.Warning, finding.Severity));
        return findings;
    }

    private static void AssertFindings(IReadOnlyList<Finding> findings, params string[] expected) =>
        Assert.Equal(expected, findings.Select(finding => finding.ToString()));

    private static MeshSnapshot Snapshot(params string[] texts)
    {
        ILookup<string?, MappingNode> objects = texts.SelectMany(Yaml.Objects).ToLookup(obj => obj.Text("kind"));
        return new MeshSnapshot
        {
            Services = [.. objects["Service"].Select(Service.Decode)],
            Pods = [.. objects["Pod"].Select(Pod.Decode)],
            VirtualServices = [.. objects["VirtualService"].Select(VirtualService.Decode)],
            DestinationRules = [.. objects["DestinationRule"].Select(DestinationRule.Decode)],
            TrafficSplits = [.. objects["TrafficSplit"].Select(TrafficSplit.Decode)],
            ServiceProfiles = [.. objects["ServiceProfile"].Select(ServiceProfile.Decode)],
            PeerAuthentications = [.. objects["PeerAuthentication"].Select(PeerAuthentication.Decode)],
            Servers = [.. objects["Server"].Select(PolicyServer.Decode)],
            RateLimits = [.. objects["HTTPLocalRateLimitPolicy"].Select(RateLimitPolicy.Decode)],
        };
    }
}
