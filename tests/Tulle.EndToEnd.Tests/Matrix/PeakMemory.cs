using System.Globalization;
using System.Text.RegularExpressions;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>How much larger a process became at its largest, from now on (proc(5): clear_refs, VmHWM).</summary>
internal sealed partial class PeakMemory
{
    private readonly string _status;
    private readonly long _before;

    public PeakMemory(int pid)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        _status = Path.Combine(folder, "status");
        const string forgetPeak = "5";
        File.WriteAllText(Path.Combine(folder, "clear_refs"), forgetPeak);
        _before = Read("VmRSS");
    }

    /// <summary>Bytes.</summary>
    public long Growth => Math.Max(0, Read("VmHWM") - _before);

    private long Read(string name) => Lines().Matches(File.ReadAllText(_status))
        .Where(line => line.Groups[1].Value == name).Select(line => long.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture) * 1024).Single();

    [GeneratedRegex(@"(?m)^(\w+):\s+(\d+) kB$")]
    private static partial Regex Lines();
}
