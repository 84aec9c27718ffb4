using System.Net;
using System.Net.Sockets;

namespace Tulle.Proxy.Outbound;

/// <summary>DNS, away from the event loops and bounded: a flood of odd names must not take every thread of the pool. Any thread.</summary>
/// <param name="lookUp">Asks for the addresses of a name; null: the system does.</param>
internal sealed class NameResolver(Func<string, Task<IPAddress[]>>? lookUp = null)
{
    private const int MaxConcurrent = 16;

    private readonly Func<string, Task<IPAddress[]>> _lookUp = lookUp ?? Dns.GetHostAddressesAsync;
    private readonly SemaphoreSlim _slots = new(MaxConcurrent);

    /// <summary>The addresses of a name, IPv4 first; empty when it has none.</summary>
    public async Task<IPAddress[]> ResolveAsync(string host)
    {
        await _slots.WaitAsync().ConfigureAwait(false);
        try
        {
            IPAddress[] found = await _lookUp(host).ConfigureAwait(false);
            return [.. found.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
        finally
        {
            _slots.Release();
        }
    }
}
