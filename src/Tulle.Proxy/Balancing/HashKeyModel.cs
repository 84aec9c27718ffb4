using System.Text;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Balancing;

/// <summary>What of a request leads it to its endpoint. Immutable; any thread.</summary>
internal sealed class HashKeyModel
{
    private readonly HashKey.KeyOneofCase _kind;
    private readonly byte[] _name;

    private HashKeyModel(HashKey.KeyOneofCase kind, string name, HashCookieModel? cookie = null)
    {
        _kind = kind;
        _name = Encoding.UTF8.GetBytes(name);
        Cookie = cookie;
    }

    /// <summary>The cookie to give to clients that have none; null when that is not asked for.</summary>
    public HashCookieModel? Cookie { get; }

    /// <summary>The client's address is what is hashed.</summary>
    public bool NeedsSource => _kind == HashKey.KeyOneofCase.SourceAddress;

    public static HashKeyModel? Compile(HashKey? key) => key?.KeyCase switch
    {
        HashKey.KeyOneofCase.Header => new HashKeyModel(HashKey.KeyOneofCase.Header, key.Header),
        HashKey.KeyOneofCase.Query => new HashKeyModel(HashKey.KeyOneofCase.Query, key.Query),
        HashKey.KeyOneofCase.SourceAddress when key.SourceAddress => new HashKeyModel(HashKey.KeyOneofCase.SourceAddress, ""),
        HashKey.KeyOneofCase.Cookie => new HashKeyModel(HashKey.KeyOneofCase.Cookie, key.Cookie.Name, HashCookieModel.Compile(key.Cookie)),
        _ => null,
    };

    /// <summary>The request's hash; false when it has no such key.</summary>
    /// <param name="source">The client's address without its port.</param>
    public bool TryHash(in RequestView request, ReadOnlySpan<byte> source, out ulong hash)
    {
        int next = 0;
        switch (_kind)
        {
            case HashKey.KeyOneofCase.Header when request.TryFindHeader(_name, ref next, out ReadOnlySpan<byte> value):
                hash = KeyHash.Of(value);
                return true;
            case HashKey.KeyOneofCase.Cookie when CookieField.TryFind(request, _name, out ReadOnlySpan<byte> cookie):
                hash = KeyHash.Of(cookie);
                return true;
            case HashKey.KeyOneofCase.Query when TryFindParameter(request.Query, out ReadOnlySpan<byte> parameter):
                hash = KeyHash.Of(parameter);
                return true;
            case HashKey.KeyOneofCase.SourceAddress when !source.IsEmpty:
                hash = KeyHash.Of(source);
                return true;
            default:
                hash = 0;
                return false;
        }
    }

    /// <summary>As sent: encodings of the same text are told apart, as in Envoy.</summary>
    private bool TryFindParameter(ReadOnlySpan<byte> query, out ReadOnlySpan<byte> value)
    {
        while (!query.IsEmpty)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            ReadOnlySpan<byte> name = equals < 0 ? pair : pair[..equals];
            if (!name.SequenceEqual(_name)) continue;
            value = equals < 0 ? default : pair[(equals + 1)..];
            return true;
        }
        value = default;
        return false;
    }
}
