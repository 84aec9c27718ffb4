using Tulle.Local.Hosting;
using Tulle.Testing;

namespace Tulle.Local.Tests.Hosting;

public sealed class MeshLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private MeshHome Home => new(_folder.Path);

    [Fact]
    public void TryAcquire_Held_IsNullAndNamesTheHolder()
    {
        using MeshLock held = MeshLock.TryAcquire(Home)!;

        Assert.Null(MeshLock.TryAcquire(Home));
        Assert.True(MeshLock.IsHeld(Home));
        Assert.Equal(Environment.ProcessId, MeshLock.HolderOf(Home));
    }

    [Fact]
    public void Dispose_Held_LeavesNoFile()
    {
        MeshLock.TryAcquire(Home)!.Dispose();

        Assert.False(File.Exists(Home.Lock));
        Assert.False(MeshLock.IsHeld(Home));
        using MeshLock again = MeshLock.TryAcquire(Home)!;
        Assert.NotNull(again);
    }

    [Fact]
    public void TryAcquire_FileOfAMeshThatDied_IsTaken()
    {
        _folder.Write("lock", "1234567\n");

        Assert.False(MeshLock.IsHeld(Home));
        using MeshLock? held = MeshLock.TryAcquire(Home);

        Assert.NotNull(held);
        Assert.Equal(Environment.ProcessId, MeshLock.HolderOf(Home));
    }

    [Fact]
    public async Task TryAcquire_ManyAtOnce_OneGetsIt()
    {
        MeshLock?[] locks = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => MeshLock.TryAcquire(Home))));

        Assert.Single(locks, held => held is not null);
        foreach (MeshLock? held in locks) held?.Dispose();
    }

    public void Dispose() => _folder.Dispose();
}
