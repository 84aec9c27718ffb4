using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Inbound;

/// <summary>
/// What tells the application who calls, one for all connections of the same client: they are many, and clients are few. Loop thread only.
/// </summary>
internal sealed class IdentityEdits
{
    // More clients than this at one time only mean that some of their connections have changes of their own.
    private const int Slots = 128;

    private static readonly FieldEdits Anonymous = new([ProtocolNames.ClientIdentityHeader], [], []);

    private readonly (string Identity, FieldEdits Edits)[] _known = new (string, FieldEdits)[Slots];

    /// <summary>Changes to the requests of a client, which also keep it from saying itself who it is.</summary>
    /// <param name="identity">The SPIFFE ID that it proved; empty for plaintext.</param>
    public FieldEdits Of(string identity)
    {
        if (identity.Length == 0) return Anonymous;
        ref (string Identity, FieldEdits Edits) known = ref _known[(uint)identity.GetHashCode() % Slots];
        if (known.Identity != identity) known = (identity, new FieldEdits([], [new FieldLine(ProtocolNames.ClientIdentityHeader, identity)], []));
        return known.Edits;
    }
}
