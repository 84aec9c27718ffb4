using System.Buffers.Text;

namespace Tulle.Http.Grpc;

/// <summary>The value of grpc-timeout (grpc/doc/PROTOCOL-HTTP2.md): up to eight digits and a unit of H, M, S, m, u or n.</summary>
public static class GrpcTimeout
{
    // Eight digits and the unit.
    private const int MaxBytes = 9;

    /// <summary>Reads a timeout. Below a microsecond it is rounded up, so that it does not become none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > MaxBytes) return false;
        ReadOnlySpan<byte> digits = value[..^1];
        if (digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !Utf8Parser.TryParse(digits, out long amount, out _)) return false;
        long ticks = value[^1] switch
        {
            (byte)'H' => TimeSpan.TicksPerHour,
            (byte)'M' => TimeSpan.TicksPerMinute,
            (byte)'S' => TimeSpan.TicksPerSecond,
            (byte)'m' => TimeSpan.TicksPerMillisecond,
            (byte)'u' => TimeSpan.TicksPerMicrosecond,
            (byte)'n' => 0,
            _ => -1,
        };
        if (ticks < 0) return false;
        timeout = new TimeSpan(ticks == 0 ? (amount * TimeSpan.TicksPerMicrosecond + 999) / 1000 : amount * ticks);
        return true;
    }
}
