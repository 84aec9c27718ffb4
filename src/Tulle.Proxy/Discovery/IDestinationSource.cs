namespace Tulle.Proxy.Discovery;

/// <summary>Where the data path asks for what it does not know yet. Called from any event loop; never blocks.</summary>
internal interface IDestinationSource
{
    /// <summary>
    /// Asks for an authority (<c>host:port</c>, lower case). Answers arrive through <see cref="IDataPlane.Apply(Tulle.Protocol.Destination)"/>.
    /// Asking again for a subscribed authority does nothing.
    /// </summary>
    void Subscribe(string authority);

    /// <summary>Says that an authority was not used for a while; its answers stop.</summary>
    void Unsubscribe(string authority);
}
