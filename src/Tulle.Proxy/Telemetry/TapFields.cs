using System.Collections.Frozen;
using System.Text;
using Google.Protobuf.Collections;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// Header and trailer fields as a tap shows them: bounded, and without the values of those that hold secrets, which so never leave the
/// proxy. Immutable; any thread.
/// </summary>
/// <param name="redacted">Names of fields beyond the usual ones, in any case.</param>
internal sealed class TapFields(IEnumerable<string> redacted)
{
    /// <summary>Most fields of a message.</summary>
    public const int MaxFields = 64;

    /// <summary>Longest value, in characters; what is longer is cut.</summary>
    public const int MaxValue = 256;

    /// <summary>What stands for a secret.</summary>
    public const string Redacted = "<redacted>";

    /// <summary>Fields that hold secrets wherever they occur.</summary>
    public static readonly string[] Usual = ["authorization", "cookie", "set-cookie", "x-api-key", "proxy-authorization"];

    private readonly FrozenSet<string> _redacted = Usual.Concat(redacted).Select(name => name.ToLowerInvariant()).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The same, with more names.</summary>
    public TapFields With(IEnumerable<string> more) => new(_redacted.Concat(more));

    public void Add(RepeatedField<TapHeader> to, in FieldsView fields)
    {
        foreach (ref readonly HeaderSlot slot in fields.Slots)
        {
            if (to.Count >= MaxFields) return;
            string name = Encoding.Latin1.GetString(fields.NameOf(slot)).ToLowerInvariant();
            to.Add(new TapHeader { Name = name, Value = _redacted.Contains(name) ? Redacted : ValueOf(fields.ValueOf(slot)) });
        }
    }

    private static string ValueOf(ReadOnlySpan<byte> value) =>
        value.Length <= MaxValue ? Encoding.Latin1.GetString(value) : $"{Encoding.Latin1.GetString(value[..MaxValue])}…";
}
