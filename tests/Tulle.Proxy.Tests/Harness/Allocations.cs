using System.Net.Sockets;
using System.Text;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>Measures what requests make a loop allocate, with a client and a server that allocate nothing there.</summary>
internal static class Allocations
{
    /// <summary>
    /// Bytes that may be seen without any request having allocated: asking costs a few hundred, and a collection throws away what was left of
    /// the thread's 8 KB to allocate from. The smallest object for each of ten thousand requests would be 240,000.
    /// </summary>
    public const long Noise = 20_000;

    /// <summary>Bytes that the first loop's thread has allocated so far.</summary>
    public static async Task<long> AllocatedAsync(ProxyUnderTest proxy)
    {
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.DataPlane.OnLoop(0, () => answer.SetResult(GC.GetAllocatedBytesForCurrentThread()));
        return await answer.Task;
    }

    /// <summary>Sends requests with a small body, one after the other, and reads the answers.</summary>
    public static void Exchange(TestPeer client, int count, string fields = "")
    {
        byte[] request = Encoding.ASCII.GetBytes($"POST http://app/path HTTP/1.1\r\nHost: app\r\nAccept: */*\r\n{fields}Content-Length: 2\r\n\r\nab");
        byte[] buffer = new byte[4096];
        for (int i = 0; i < count; i++)
        {
            client.Socket.Send(request);
            ReadUntil(client.Socket, buffer, "hello"u8);
        }
    }

    /// <summary>Answers such requests until the client has enough.</summary>
    public static void Answer(TestPeer peer)
    {
        byte[] response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();
        byte[] buffer = new byte[4096];
        while (ReadUntil(peer.Socket, buffer, "\r\n\r\nab"u8)) peer.Socket.Send(response);
    }

    private static bool ReadUntil(Socket socket, byte[] buffer, ReadOnlySpan<byte> end)
    {
        int length = 0;
        while (!buffer.AsSpan(0, length).EndsWith(end))
        {
            int n = socket.Receive(buffer.AsSpan(length));
            if (n == 0) return false;
            length += n;
        }
        return true;
    }
}
