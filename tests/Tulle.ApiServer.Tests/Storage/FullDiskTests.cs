using Microsoft.Data.Sqlite;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Tests.Storage;

public sealed class FullDiskTests
{
    [Fact]
    public void Why_DiskIsFull_SaysWhatToDo() =>
        Assert.Equal("the disk that holds the mesh's state is full, so nothing was changed; make room on it and try again", StoreWriter.Why(new SqliteException("database or disk is full", 13)));

    [Fact]
    public void Why_Otherwise_IsWhatTheDatabaseSays() => Assert.Equal("the database refused the write: disk I/O error", StoreWriter.Why(new SqliteException("disk I/O error", 10)));
}
