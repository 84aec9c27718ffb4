using Tulle.Http.Http1;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>Response heads, to GET, HEAD and CONNECT in turn.</summary>
internal sealed class ResponseTarget : IFuzzTarget
{
    public string Name => "response";

    public void Run(ReadOnlySpan<byte> input)
    {
        foreach (KnownMethod method in (ReadOnlySpan<KnownMethod>)[KnownMethod.Get, KnownMethod.Head, KnownMethod.Connect]) Run(input, method);
    }

    private static void Run(ReadOnlySpan<byte> input, KnownMethod method)
    {
        var whole = new Http1ResponseHead();
        whole.Reset(method);
        ParseResult result = whole.Parse(input);

        var split = new Http1ResponseHead();
        split.Reset(method);
        int step = Math.Max(1, input.Length / 64);
        for (int end = 0; end < input.Length; end += step) split.Parse(input[..end]);
        BrokenPromiseException.Unless(
            split.Parse(input) == result && split.Error == whole.Error && split.Length == whole.Length && split.Framing == whole.Framing,
            "the split of the input does not matter");
        if (result != ParseResult.Complete) return;

        var written = new byte[Http1HeadWriter.MaxBytes(whole, default)];
        BrokenPromiseException.Unless(Http1HeadWriter.TryWriteResponse(whole, input, written, default, out int length), "MaxBytes is enough");
        var again = new Http1ResponseHead();
        again.Reset(method);
        BrokenPromiseException.Unless(again.Parse(written.AsSpan(0, length)) == ParseResult.Complete, "a written head parses");
        BrokenPromiseException.Unless(
            again.Status == whole.Status && again.Framing == whole.Framing && again.Length == length, "a forwarded response is framed as the received one");
    }
}
