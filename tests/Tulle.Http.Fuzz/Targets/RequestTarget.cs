using Tulle.Http.Detection;
using Tulle.Http.Http1;
using Tulle.Http.Http2;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>Request heads: the split of the input does not matter, and what is forwarded means the same to a second proxy.</summary>
internal sealed class RequestTarget : IFuzzTarget
{
    public string Name => "request";

    public void Run(ReadOnlySpan<byte> input)
    {
        ProtocolDetector.Detect(input);
        var whole = new Http1RequestHead();
        ParseResult result = whole.Parse(input);
        AssertSplitsAgree(input, whole, result);
        if (result != ParseResult.Complete) return;

        BrokenPromiseException.Unless(whole.Length <= input.Length, "a head ends inside the input");
        var written = new byte[Http1HeadWriter.MaxBytes(whole, default)];
        BrokenPromiseException.Unless(Http1HeadWriter.TryWriteRequest(whole, input, written, default, out int length), "MaxBytes is enough");

        var again = new Http1RequestHead();
        BrokenPromiseException.Unless(again.Parse(written.AsSpan(0, length)) == ParseResult.Complete, "a written head parses");
        BrokenPromiseException.Unless(again.Length == length, "a written head ends where it ends");
        BrokenPromiseException.Unless(
            again.Framing == whole.Framing && again.ContentLength == whole.ContentLength && again.Method == whole.Method,
            "a forwarded request is framed as the received one");
        BrokenPromiseException.Unless(again.Authority.In(written).SequenceEqual(whole.Authority.In(input)), "the authority is forwarded");
        BrokenPromiseException.Unless(again.Http2Settings.IsEmpty, "an upgrade to HTTP/2 goes no further");
        if (!whole.Http2Settings.IsEmpty) Upgrade(new RequestView(whole, input), whole.Http2Settings.In(input));
    }

    private static void Upgrade(in RequestView request, ReadOnlySpan<byte> settings)
    {
        var connection = new Http2Connection(Http2Role.Server);
        if (connection.TryUpgrade(settings, request) is not { } stream) return;
        RequestView upgraded = stream.Head.AsRequest();
        BrokenPromiseException.Unless(
            upgraded.Method.SequenceEqual(request.Method) && upgraded.Authority.SequenceEqual(request.Authority)
                && upgraded.Path.SequenceEqual(request.Path) && upgraded.Query.SequenceEqual(request.Query),
            "an upgraded request is for the same");
        foreach (ref readonly HeaderSlot slot in upgraded.Fields.Slots)
            BrokenPromiseException.Unless(slot.Id is not (KnownHeader.Connection or KnownHeader.Upgrade or KnownHeader.TransferEncoding), "no field of the old connection is left");
    }

    private static void AssertSplitsAgree(ReadOnlySpan<byte> input, Http1RequestHead whole, ParseResult expected)
    {
        var split = new Http1RequestHead();
        ParseResult result = ParseResult.NeedMore;
        int step = Math.Max(1, input.Length / 64);
        for (int end = 0; end < input.Length; end += step) split.Parse(input[..end]);
        result = split.Parse(input);
        BrokenPromiseException.Unless(
            result == expected && split.Error == whole.Error && split.Length == whole.Length && split.Framing == whole.Framing
                && split.Headers.Length == whole.Headers.Length && split.Target == whole.Target,
            "the split of the input does not matter");
    }
}
