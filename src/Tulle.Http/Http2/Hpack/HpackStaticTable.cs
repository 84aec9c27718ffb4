using System.Text;

namespace Tulle.Http.Http2.Hpack;

/// <summary>RFC 7541 Appendix A. Entries are kept as the lines they become in a head: <c>name: value CR LF</c>.</summary>
internal static class HpackStaticTable
{
    /// <summary>Entries; indexes are 1 to this, dynamic entries follow.</summary>
    public const int Count = 61;

    /// <summary>First index with the name ":status"; the codes there follow <see cref="StatusCodes"/>.</summary>
    public const int Status = 8;

    private static readonly string[] Fields =
    [
        ":authority", ":method: GET", ":method: POST", ":path: /", ":path: /index.html", ":scheme: http", ":scheme: https",
        ":status: 200", ":status: 204", ":status: 206", ":status: 304", ":status: 400", ":status: 404", ":status: 500",
        "accept-charset", "accept-encoding: gzip, deflate", "accept-language", "accept-ranges", "accept", "access-control-allow-origin",
        "age", "allow", "authorization", "cache-control", "content-disposition", "content-encoding", "content-language",
        "content-length", "content-location", "content-range", "content-type", "cookie", "date", "etag", "expect", "expires",
        "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified",
        "link", "location", "max-forwards", "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh",
        "retry-after", "server", "set-cookie", "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via",
        "www-authenticate",
    ];

    // An array, because a constant span of anything but bytes allocates in unoptimised code, which tests would see.
    private static readonly int[] KnownStatus = [200, 204, 206, 304, 400, 404, 500];

    private static readonly byte[][] Lines = new byte[Count + 1][];
    private static readonly byte[] NameLengths = new byte[Count + 1];
    private static readonly FieldTraits[] Traits = new FieldTraits[Count + 1];

    // Open addressing by hash of the name, and of name and value; four times as many places as entries.
    private static readonly byte[] ByName = new byte[256];
    private static readonly byte[] ByField = new byte[256];

    static HpackStaticTable()
    {
        for (int i = 1; i <= Count; i++)
        {
            string field = Fields[i - 1];
            int colon = field.IndexOf(": ", StringComparison.Ordinal);
            string name = colon < 0 ? field : field[..colon], value = colon < 0 ? "" : field[(colon + 2)..];
            Lines[i] = Encoding.ASCII.GetBytes($"{name}: {value}\r\n");
            NameLengths[i] = (byte)name.Length;
            Traits[i] = FieldTraits.Of(Name(i), Value(i));
            uint hash = HpackHash.OfName(Name(i));
            if (FindName(Name(i), hash) == 0) Place(ByName, hash, i);
            Place(ByField, HpackHash.OfField(hash, Value(i)), i);
        }
    }

    /// <summary>Codes of the entries from <see cref="Status"/> on.</summary>
    public static ReadOnlySpan<int> StatusCodes => KnownStatus;

    public static ReadOnlySpan<byte> Line(int index) => Lines[index];

    public static int NameLength(int index) => NameLengths[index];

    public static FieldTraits TraitsOf(int index) => Traits[index];

    public static ReadOnlySpan<byte> Name(int index) => Lines[index].AsSpan(0, NameLengths[index]);

    public static ReadOnlySpan<byte> Value(int index) => Lines[index].AsSpan(NameLengths[index] + 2)[..^2];

    /// <summary>The first entry with that name; 0 without one.</summary>
    public static int FindName(ReadOnlySpan<byte> name, uint hash)
    {
        for (uint place = hash & 255; ByName[place] != 0; place = (place + 1) & 255)
        {
            if (Name(ByName[place]).SequenceEqual(name)) return ByName[place];
        }
        return 0;
    }

    /// <summary>The entry with that name and value; 0 without one.</summary>
    public static int FindField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint hash)
    {
        for (uint place = hash & 255; ByField[place] != 0; place = (place + 1) & 255)
        {
            int index = ByField[place];
            if (Name(index).SequenceEqual(name) && Value(index).SequenceEqual(value)) return index;
        }
        return 0;
    }

    private static void Place(byte[] table, uint hash, int index)
    {
        uint place = hash & 255;
        while (table[place] != 0) place = (place + 1) & 255;
        table[place] = (byte)index;
    }
}
