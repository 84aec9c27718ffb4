namespace Tulle.ApiServer.Tests.Testing;

internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tulle-api-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
