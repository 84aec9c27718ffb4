using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Supervision;

public sealed class ProgramPathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gunicorn", "there is no program \"gunicorn\" in the PATH; ")]
    [InlineData("./missing.sh", "there is no file {0}/missing.sh; ")]
    [InlineData("./plain.sh", "{0}/plain.sh is not executable; make it so with 'chmod +x'")]
    [InlineData("./", "{0}/ is a folder; ")]
    public void WhyNone_Program_NamesTheReason(string program, string why)
    {
        string root = Path.GetDirectoryName(_folder.Write("plain.sh", "echo"))!;
        Assert.Null(ProgramPath.Find(program, root, "/nowhere"));
        Assert.StartsWith(why.Replace("{0}", root, StringComparison.Ordinal), ProgramPath.WhyNone(program, root), StringComparison.Ordinal);
    }
}
