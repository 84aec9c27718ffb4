using System.Security.Cryptography;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>
/// Bodies of any size that everyone can make and check alone: a block of random bytes, over and over. The block is no
/// power of two, so that a buffer sent twice or left out changes the hash.
/// </summary>
internal static class Payload
{
    private static readonly byte[] Block = MakeBlock();

    /// <summary>Hash of the body of that size, hexadecimal in lower case.</summary>
    public static string HashOf(long size)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReadOnlyMemory<byte> piece in Pieces(size)) hash.AppendData(piece.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static async Task WriteAsync(Stream to, long size)
    {
        foreach (ReadOnlyMemory<byte> piece in Pieces(size)) await to.WriteAsync(piece);
    }

    /// <summary>Hash and length of what a stream brings.</summary>
    /// <param name="pause">Between two reads of a slow reader.</param>
    public static async Task<(string Hash, long Length)> ReadAsync(Stream from, TimeSpan pause = default)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        long length = 0;
        int read;
        while ((read = await from.ReadAsync(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
            if (pause > TimeSpan.Zero) await Task.Delay(pause);
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(long size)
    {
        for (long left = size; left > 0; left -= Block.Length) yield return Block.AsMemory(0, (int)Math.Min(left, Block.Length));
    }

    private static byte[] MakeBlock()
    {
        byte[] block = new byte[99_991];
        new Random(20251).NextBytes(block);
        return block;
    }
}
