using System.Net;
using System.Net.Sockets;

namespace Tulle.Model.Validation;

/// <summary>IP addresses and ranges in their usual form. .NET also takes 10.1 for 10.0.0.1, which in a configuration is a slip.</summary>
internal static class Addresses
{
    public static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.AsSpan().Count('.') == 3);

    public static bool IsRange(string text)
    {
        int slash = text.IndexOf('/');
        return slash > 0 && IsAddress(text[..slash]) && IPNetwork.TryParse(text, out _);
    }

    public static bool IsAddressOrRange(string text) => IsAddress(text) || IsRange(text);
}
