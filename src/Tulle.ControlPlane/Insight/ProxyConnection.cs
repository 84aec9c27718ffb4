using System.Threading.Channels;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>An open report stream: commands go down on it.</summary>
internal sealed class ProxyConnection(ProxyId proxy)
{
    /// <summary>Commands that may wait; a proxy that does not read them misses taps, nothing else.</summary>
    private const int MaxCommands = 64;

    private readonly Channel<ProxyCommand> _commands = Channel.CreateBounded<ProxyCommand>(MaxCommands);

    public ProxyId Proxy => proxy;

    /// <summary>Seconds between two of its reports, as it was told; a proxy begins with one.</summary>
    public int Period { get; set; } = 1;

    public ChannelReader<ProxyCommand> Commands => _commands.Reader;

    /// <summary>False when too many commands wait already.</summary>
    public bool Send(ProxyCommand command) => _commands.Writer.TryWrite(command);
}
