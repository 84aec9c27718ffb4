using System.Text;
using Tulle.Http.Http2;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Tests.Http2;

/// <summary>The examples of RFC 7541 Appendix C, all of them.</summary>
public sealed class HpackExampleTests
{
    [Theory]
    [InlineData(10, 5, "0a")] // C.1.1
    [InlineData(1337, 5, "1f9a0a")] // C.1.2
    [InlineData(42, 8, "2a")] // C.1.3
    public void Integer_Example_IsReadAndWritten(int value, int prefix, string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        int position = 0;

        Assert.True(HpackInteger.TryRead(bytes, ref position, prefix, out int read));
        Assert.Equal((value, bytes.Length), (read, position));

        var written = new byte[HpackInteger.MaxBytes];
        int length = HpackInteger.Write(written, 0, prefix, value);
        Assert.Equal(hex, Convert.ToHexStringLower(written.AsSpan(0, length)));
    }

    public static TheoryData<string, int, string[], string[]> Series => new()
    {
        // Clause, table size, blocks, expectations: "fields ; table, newest first ; size".
        {
            "C.2.1", 4096,
            ["400a637573746f6d2d6b65790d637573746f6d2d686561646572"],
            ["custom-key: custom-header ; custom-key: custom-header ; 55"]
        },
        { "C.2.2", 4096, ["040c2f73616d706c652f70617468"], [":path: /sample/path ; ; 0"] },
        { "C.2.3", 4096, ["100870617373776f726406736563726574"], ["password: secret ; ; 0"] },
        { "C.2.4", 4096, ["82"], [":method: GET ; ; 0"] },
        {
            "C.3", 4096,
            [
                "828684410f7777772e6578616d706c652e636f6d",
                "828684be58086e6f2d6361636865",
                "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
            ],
            RequestSeries
        },
        {
            "C.4", 4096,
            [
                "828684418cf1e3c2e5f23a6ba0ab90f4ff",
                "828684be5886a8eb10649cbf",
                "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
            ],
            RequestSeries
        },
        {
            "C.5", 256,
            [
                "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
                "4803333037c1c0bf",
                "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
            ],
            ResponseSeries
        },
        {
            "C.6", 256,
            [
                "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
                "4883640effc1c0bf",
                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
            ],
            ResponseSeries
        },
    };

    private static string[] RequestSeries =>
    [
        ":method: GET | :scheme: http | :path: / | :authority: www.example.com ; :authority: www.example.com ; 57",
        ":method: GET | :scheme: http | :path: / | :authority: www.example.com | cache-control: no-cache ; "
            + "cache-control: no-cache | :authority: www.example.com ; 110",
        ":method: GET | :scheme: https | :path: /index.html | :authority: www.example.com | custom-key: custom-value ; "
            + "custom-key: custom-value | cache-control: no-cache | :authority: www.example.com ; 164",
    ];

    private static string[] ResponseSeries =>
    [
        ":status: 302 | cache-control: private | date: Mon, 21 Oct 2013 20:13:21 GMT | location: https://www.example.com ; "
            + "location: https://www.example.com | date: Mon, 21 Oct 2013 20:13:21 GMT | cache-control: private | :status: 302 ; 222",
        ":status: 307 | cache-control: private | date: Mon, 21 Oct 2013 20:13:21 GMT | location: https://www.example.com ; "
            + ":status: 307 | location: https://www.example.com | date: Mon, 21 Oct 2013 20:13:21 GMT | cache-control: private ; 222",
        ":status: 200 | cache-control: private | date: Mon, 21 Oct 2013 20:13:22 GMT | location: https://www.example.com | content-encoding: gzip"
            + " | set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1 ; "
            + "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1 | content-encoding: gzip | date: Mon, 21 Oct 2013 20:13:22 GMT ; 215",
    ];

    [Theory]
    [MemberData(nameof(Series))]
    public void Decode_Example_GivesFieldsAndTable(string clause, int tableSize, string[] blocks, string[] expected)
    {
        var decoder = new HpackDecoder(tableSize);
        for (int i = 0; i < blocks.Length; i++)
        {
            var head = new Http2Head();

            Assert.True(decoder.TryDecode(Convert.FromHexString(blocks[i]), head), clause);

            string[] parts = expected[i].Split(" ; ");
            if (parts.Length == 2) parts = [parts[0], "", parts[1].TrimStart(';', ' ')];
            Assert.Equal(parts[0], string.Join(" | ", HeadText.LinesOf(head)));
            Assert.Equal(parts[1].Trim(), TableText(decoder.Table));
            Assert.Equal(parts[2], decoder.Table.Size.ToString());
        }
    }

    [Theory]
    [InlineData("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff")] // C.4.1
    [InlineData("no-cache", "a8eb10649cbf")] // C.4.2
    [InlineData("custom-key", "25a849e95ba97d7f")] // C.4.3
    [InlineData("custom-value", "25a849e95bb8e8b4bf")] // C.4.3
    [InlineData("302", "6402")] // C.6.1
    [InlineData("private", "aec3771a4b")] // C.6.1
    [InlineData("Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff")] // C.6.1
    [InlineData("https://www.example.com", "9d29ad171863c78f0b97c8e9ae82ae43d3")] // C.6.1
    [InlineData("307", "640eff")] // C.6.2
    [InlineData("gzip", "9bd9ab")] // C.6.3
    [InlineData(
        "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")] // C.6.3
    public void Huffman_StringOfAnExample_IsEncodedSo(string text, string hex)
    {
        byte[] plain = Encoding.ASCII.GetBytes(text);
        var encoded = new byte[HpackHuffman.EncodedLength(plain)];

        HpackHuffman.Encode(plain, encoded);

        Assert.Equal(hex, Convert.ToHexStringLower(encoded));
        var decoded = new byte[HpackHuffman.MaxDecodedLength(encoded.Length)];
        Assert.Equal(text, Encoding.ASCII.GetString(decoded, 0, HpackHuffman.Decode(encoded, decoded)));
    }

    private static string TableText(HpackDynamicTable table) => string.Join(" | ", Enumerable.Range(0, table.Count)
        .Select(i => Encoding.ASCII.GetString(table.Line(i, out _, out _)).TrimEnd()));
}
