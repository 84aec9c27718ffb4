using Tulle.Http.Detection;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>ClientHellos: an answer never changes when more bytes come.</summary>
internal sealed class ClientHelloTarget : IFuzzTarget
{
    public string Name => "client-hello";

    public void Run(ReadOnlySpan<byte> input)
    {
        var scratch = new byte[1024];
        ClientHelloResult result = ClientHelloReader.Read(input, scratch, out ClientHello hello);
        hello.Offers("tulle-http/1.1"u8);
        BrokenPromiseException.Unless(hello.ServerName.Length <= 255, "a server name is at most 255 bytes");

        int step = Math.Max(1, input.Length / 64);
        for (int end = 0; end < input.Length; end += step)
        {
            ClientHelloResult early = ClientHelloReader.Read(input[..end], scratch, out _);
            BrokenPromiseException.Unless(early == ClientHelloResult.NeedMore || early == result, "an answer is final");
        }
    }
}
