using System.Security.Cryptography;

namespace Tulle.Identity;

internal static class Curves
{
    /// <summary>secp256r1, RFC 5480 §2.1.1.1.</summary>
    private const string P256 = "1.2.840.10045.3.1.7";

    public static bool IsP256(ECDsa key)
    {
        ECCurve curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && (curve.Oid.Value == P256 || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256");
    }
}
