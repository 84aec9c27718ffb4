using Tulle.Http.Detection;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>Protocol detection: an answer never changes when more bytes come, and never needs more than a page to be given.</summary>
internal sealed class DetectionTarget : IFuzzTarget
{
    private const int Enough = 4096;

    public string Name => "detection";

    public void Run(ReadOnlySpan<byte> input)
    {
        DetectedProtocol whole = ProtocolDetector.Detect(input);
        if (input.Length >= Enough) BrokenPromiseException.Unless(whole != DetectedProtocol.NeedMore, "a page is enough to tell the protocol");
        for (int end = 0; end < Math.Min(input.Length, 64); end++)
        {
            DetectedProtocol early = ProtocolDetector.Detect(input[..end]);
            BrokenPromiseException.Unless(early == DetectedProtocol.NeedMore || early == whole, "an answer is final");
        }
    }
}
