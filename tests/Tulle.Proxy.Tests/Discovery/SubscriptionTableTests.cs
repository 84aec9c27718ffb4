using Tulle.Protocol;
using Tulle.Proxy.Discovery;

namespace Tulle.Proxy.Tests.Discovery;

public sealed class SubscriptionTableTests
{
    private readonly SubscriptionTable _table = new(TimeProvider.System);

    [Fact]
    public void TakeRequests_SubscribedAndGoneBeforeSending_SaysNothing()
    {
        _table.BeginStream();
        _table.Subscribe("a");
        _table.Unsubscribe("a");
        Assert.Empty(_table.TakeRequests());
    }

    [Fact]
    public void TakeRequests_GoneAndBackBeforeSending_AsksAgain()
    {
        _table.BeginStream();
        _table.Subscribe("a");
        Assert.Single(_table.TakeRequests());
        _table.Unsubscribe("a");
        _table.Subscribe("a");
        Assert.Equal([DiscoveryRequest.MessageOneofCase.Unsubscribe, DiscoveryRequest.MessageOneofCase.Subscribe], _table.TakeRequests().Select(r => r.MessageCase));
    }

    [Fact]
    public void Acknowledge_SameResourceTwice_OnlyTheLastIsSent()
    {
        _table.BeginStream();
        _table.Acknowledge("inbound", 1, null);
        _table.Acknowledge("inbound", 2, "no");
        DiscoveryRequest request = Assert.Single(_table.TakeRequests());
        Assert.Equal((2ul, "no"), (request.Acknowledge.Version, request.Acknowledge.Error));
    }

    [Fact]
    public void BeginStream_OldAcknowledgements_AreForgotten()
    {
        _table.Acknowledge("inbound", 1, null);
        _table.BeginStream();
        Assert.Empty(_table.TakeRequests());
    }

    [Fact]
    public void Subscribe_TableFull_IsRefusedAndCounted()
    {
        for (int i = 0; i < SubscriptionTable.MaxSubscriptions + 3; i++) _table.Subscribe($"a{i}");
        Assert.Equal(SubscriptionTable.MaxSubscriptions, _table.Snapshot().Count);
        Assert.Equal(3, _table.Refused);
    }

    [Fact]
    public async Task WaitAsync_CompletesWhenThereIsSomethingToSay()
    {
        _table.BeginStream();
        _table.TakeRequests();
        Task wait = _table.WaitAsync(CancellationToken.None);
        Assert.False(wait.IsCompleted);
        _table.Subscribe("a");
        await wait.WaitAsync(Testing.Eventually.Patience);
    }
}
