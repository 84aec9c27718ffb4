using Tulle.Local.Adoption;
using Tulle.Local.Supervision;
using Tulle.Local.Tests.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Adoption;

public sealed class StateFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Update_Replica_IsThereForTheNextMesh()
    {
        string path = _folder.PathOf("state.json");
        StateFile.Open(path).UpdateReplica("web-0", state => state with
        {
            Address = "127.70.0.2", AppPorts = new() { [80] = 20001 }, App = new ProcessIdentity(12, 34), AppDigest = "d",
        });

        ReplicaState replica = StateFile.Open(path).Current.Replicas["web-0"];

        Assert.Equal(new ProcessIdentity(12, 34), replica.App);
        Assert.Equal(20001, replica.AppPorts[80]);
        Assert.Null(replica.Proxy);
    }

    [Fact]
    public void Update_State_IsReadableByItsOwnerOnly()
    {
        string path = _folder.PathOf("state.json");
        StateFile.Open(path).Update(state => state with { AdminToken = "secret" });

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"octet\":")]
    public void Open_BrokenFile_StartsAnew(string text) => Assert.Equal(0, StateFile.Open(_folder.Write("state.json", text)).Current.Octet);

    [Fact]
    public async Task Update_ManyAtOnce_LosesNothing()
    {
        string path = _folder.PathOf("state.json");
        StateFile file = StateFile.Open(path);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => file.UpdateReplica($"pod-{i}", state => state with { Address = $"{i}" }))));

        Assert.Equal(50, StateFile.Open(path).Current.Replicas.Count);
    }

    [Fact]
    public void Of_OtherTerminal_IsTheSameDigest()
    {
        ProcessConfig config = Sh.Script(_folder, "true");
        ProcessConfig With(string name, string value) => config with { Environment = new Dictionary<string, string>(config.Environment) { [name] = value } };

        Assert.Equal(Digest.Of(config), Digest.Of(With("SSH_TTY", "/dev/pts/3")));
        Assert.NotEqual(Digest.Of(config), Digest.Of(With("VERSION", "v2")));
        Assert.NotEqual(Digest.Of(config), Digest.Of(config with { Command = ["sh", "-c", "false"] }));
    }

    public void Dispose() => _folder.Dispose();
}
