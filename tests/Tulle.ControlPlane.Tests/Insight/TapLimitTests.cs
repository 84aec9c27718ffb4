using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class TapLimitTests
{
    private static readonly TapQuery Query = new(Selection.Parse("deploy/users", "default"), "", "", "", 100, null, null);

    [Fact]
    public void Start_TooManyTaps_IsRefused()
    {
        using var relay = new TapRelay(new ProxyConnections(), new OnePod(), new MeshViews());
        for (int i = 0; i < TapRelay.MaxTaps; i++) relay.Start(Query);
        InsightException error = Assert.Throws<InsightException>(() => relay.Start(Query));
        Assert.Equal(429, error.Code);
    }

    [Fact]
    public void Deliver_NobodyReads_DropsBeyondTheLimit()
    {
        var connections = new ProxyConnections();
        var connection = new ProxyConnection(new ProxyId("default", "users-0"));
        connections.Add(connection);
        using var relay = new TapRelay(connections, new OnePod(), new MeshViews());
        TapSession session = relay.Start(Query);
        for (int i = 0; i < TapSession.MaxWaiting + 10; i++) relay.Deliver(connection, [new TapEvent { TapId = session.Id, Stream = (ulong)i }]);
        Assert.Equal(TapSession.MaxWaiting, session.Events.Count);
        relay.Deliver(connection, [new TapEvent { TapId = session.Id, Loss = new TapLoss { Events = 5, Requests = 3 } }]);
        Assert.Equal((15ul, 3ul), session.TakeLoss());
        Assert.Null(session.TakeLoss());
    }

    [Fact]
    public void Deliver_TapThatEnded_TellsTheProxyToStop()
    {
        var connection = new ProxyConnection(new ProxyId("default", "users-0"));
        using var relay = new TapRelay(new ProxyConnections(), new OnePod(), new MeshViews());
        relay.Deliver(connection, [new TapEvent { TapId = 42 }]);
        Assert.True(connection.Commands.TryRead(out ProxyCommand? command));
        Assert.Equal(42ul, command.Stop.TapId);
    }

    [Fact]
    public void Send_ProxyReadsNothing_IsRefusedPastTheLimit()
    {
        var connection = new ProxyConnection(new ProxyId("default", "users-0"));
        int taken = 0;
        while (taken < 1_000 && connection.Send(new ProxyCommand())) taken++;
        Assert.Equal(64, taken);
    }

    private sealed class OnePod : IWorkloads
    {
        public IReadOnlyList<WorkloadPod> Pods { get; } =
            [new("default", "users-0", "deployment/users", "127.64.0.2", "spiffe://cluster.local/ns/default/sa/users", [])];

        public IReadOnlyList<(string Namespace, string Name)> Services => [];
    }
}
