using System.Net;
using System.Net.Sockets;
using Tulle.Local.Addresses;

namespace Tulle.Local.Tests.Addresses;

public class AddressBlockTests
{
    [Fact]
    public void Take_TwoMeshesAtOnce_GetDifferentBlocks()
    {
        using AddressBlock first = AddressBlock.Take("/home/a", 0, ownsRunning: false);
        using AddressBlock second = AddressBlock.Take("/home/a", 0, ownsRunning: false);

        Assert.NotEqual(first.Octet, second.Octet);
    }

    [Fact]
    public void Take_BlockOfLastTime_IsKept()
    {
        int octet;
        using (AddressBlock first = AddressBlock.Take("/home/b", 0, ownsRunning: false)) octet = first.Octet;
        using AddressBlock again = AddressBlock.Take("/home/other", octet, ownsRunning: false);

        Assert.Equal(octet, again.Octet);
    }

    [Fact]
    public void Take_SidecarsOfAKilledMeshHoldTheBlock_TakesAnotherUnlessTheyAreItsOwn()
    {
        int octet;
        using (AddressBlock first = AddressBlock.Take("/home/c", 0, ownsRunning: false)) octet = first.Octet;
        using Socket sidecar = Sockets.Bind(new IPAddress([127, (byte)octet, 0, 2]), ReplicaPorts.Outbound);

        using (AddressBlock stranger = AddressBlock.Take("/home/c", octet, ownsRunning: false)) Assert.NotEqual(octet, stranger.Octet);
        using AddressBlock own = AddressBlock.Take("/home/c", octet, ownsRunning: true);

        Assert.Equal(octet, own.Octet);
    }

    [Fact]
    public void Next_ManyReplicas_AreDistinctAndNeverNetworkOrBroadcast()
    {
        var taken = new HashSet<string>();
        for (int i = 0; i < 1000; i++) Assert.True(taken.Add(AddressBlock.Next(70, taken).ToString()));

        Assert.DoesNotContain(taken, address => address.EndsWith(".0", StringComparison.Ordinal) || address.EndsWith(".255", StringComparison.Ordinal));
        Assert.DoesNotContain("127.70.0.1", taken);
        Assert.DoesNotContain(AddressBlock.Next(70, taken, joined: true).ToString(), taken);
    }

    [Theory]
    [InlineData(80, 1024, 10080)]
    [InlineData(80, 1, 80)]
    [InlineData(8080, 1024, 8080)]
    public void Target_Port_NeedsNoPrivilegeThatIsMissing(int port, int firstAllowed, int target) =>
        Assert.Equal(target, ReplicaPorts.Target(port, firstAllowed));

    [Fact]
    public void AppPortsNext_TakenAndReserved_AreLeftOut()
    {
        var ports = new AppPorts(90);
        int first = ports.Next();
        using Socket listener = Sockets.Bind(IPAddress.Loopback, first + 1);
        ports.Reserve([first + 2]);

        Assert.Equal(first + 3, ports.Next());
    }

    [Fact]
    public void AppPortsKeepOrChoose_OneIsTaken_TheOthersAreKeptAndNoneIsThereTwice()
    {
        // The first port that would be chosen is one that is kept, as after a start in which ports were chosen in this order.
        int[] last = new AppPorts(91).KeepOrChoose([0, 0, 0]);
        using Socket stranger = Sockets.Bind(IPAddress.Loopback, last[0]);

        int[] now = new AppPorts(91).KeepOrChoose(last);

        Assert.Equal(last[1..], now[1..]);
        Assert.Equal(3, now.Distinct().Count());
        Assert.NotEqual(last[0], now[0]);
    }

    [Fact]
    public void AppPortsKeepOrChoose_OnePortTwice_IsKeptOnce()
    {
        int port = new AppPorts(92).Next();

        int[] now = new AppPorts(92).KeepOrChoose([port, port]);

        Assert.Equal(port, now[0]);
        Assert.NotEqual(port, now[1]);
    }
}
