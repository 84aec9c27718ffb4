using System.Security.Cryptography;

namespace Tulle.Identity;

internal static class SerialNumber
{
    /// <summary>127 random bits: positive and at most 20 octets (RFC 5280 §4.1.2.2), and more entropy than a forger can use.</summary>
    public static byte[] Create(RandomNumberGenerator random)
    {
        var serial = new byte[16];
        random.GetBytes(serial);
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        return serial;
    }
}
