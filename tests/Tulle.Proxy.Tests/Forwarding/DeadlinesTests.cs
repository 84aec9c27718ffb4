using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Tests.Forwarding;

public class DeadlinesTests
{
    [Fact]
    public void OnResponse_WhateverOnlyMattersBefore_IsNoReasonToWakeUp()
    {
        var deadlines = new Deadlines { TryMs = 10, ResponseMs = 20, AskMs = 30, StreamMs = 40 };
        Assert.Equal(10, deadlines.NextMs);
        deadlines.OnResponse();
        Assert.Equal(40, deadlines.NextMs);
        Assert.Equal(MeshError.None, deadlines.Due(39));
        Assert.Equal(MeshError.StreamTooLong, deadlines.Due(40));
    }
}
