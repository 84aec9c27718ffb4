using Tulle.Http.Http1;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>Chunked bodies: the same bytes belong to the body whatever the pieces are.</summary>
internal sealed class BodyTarget : IFuzzTarget
{
    public string Name => "body";

    public void Run(ReadOnlySpan<byte> input)
    {
        Http1Body whole = Start();
        ParseResult result = whole.Advance(input, out int taken);
        BrokenPromiseException.Unless(taken <= input.Length && (result != ParseResult.NeedMore || taken == input.Length), "only a body's end leaves bytes");
        BrokenPromiseException.Unless(whole.ContentBytes <= taken, "content is part of what was relayed");

        foreach (int size in (ReadOnlySpan<int>)[1, 2, 7])
        {
            Http1Body pieces = Start();
            var now = ParseResult.NeedMore;
            int position = 0;
            while (now == ParseResult.NeedMore && position < input.Length)
            {
                now = pieces.Advance(input.Slice(position, Math.Min(size, input.Length - position)), out int take);
                position += take;
            }
            BrokenPromiseException.Unless(
                now == result && position == taken && pieces.ContentBytes == whole.ContentBytes && pieces.Error == whole.Error,
                "the pieces do not matter");
        }
    }

    private static Http1Body Start()
    {
        var body = new Http1Body();
        body.Start(MessageFraming.Chunked, -1, Http1Limits.Default);
        return body;
    }
}
