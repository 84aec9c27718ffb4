using System.Diagnostics.CodeAnalysis;
using Tulle.Protocol;

namespace Tulle.Proxy.Discovery;

/// <summary>
/// What is known about one authority. Guarded by the lock of its <see cref="SubscriptionTable"/>, except the messages, which nobody
/// changes once they are here.
/// </summary>
internal sealed class Subscription(string authority)
{
    public string Authority { get; } = authority;

    /// <summary>What the control plane thinks we know: the snapshot with every change since. Deltas apply to this one.</summary>
    public Destination? Received { get; private set; }

    /// <summary>What is in force. Differs from <see cref="Received"/> only when the latest was refused.</summary>
    public Destination? Applied { get; private set; }

    /// <summary>When <see cref="Applied"/> was applied.</summary>
    public DateTimeOffset AppliedAt { get; private set; }

    /// <summary>Why the latest message was refused; empty when it was not.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Number of the stream that <see cref="Received"/> belongs to: a delta makes sense on the same stream only.</summary>
    public int Stream { get; private set; }

    public void Took(Destination destination, int stream, string? error, DateTimeOffset now)
    {
        Received = destination;
        Stream = stream;
        LastError = error ?? "";
        if (error is not null) return;
        Applied = destination;
        AppliedAt = now;
    }

    /// <summary>The last snapshot with one backend's endpoints changed; the snapshot itself stays as it is, because it may be in force.</summary>
    /// <param name="error">Why the change makes no sense on what is known.</param>
    public bool TryMerge(EndpointUpdate update, int stream, [NotNullWhen(true)] out Destination? merged, [NotNullWhen(false)] out string? error)
    {
        merged = null;
        if (Received is null || Stream != stream)
        {
            error = $"a change for '{update.Authority}' came before its snapshot";
            return false;
        }

        Destination copy = Received.Clone();
        if (copy.Backends.FirstOrDefault(b => b.Name == update.Backend) is not { } backend)
        {
            error = $"a change names the backend '{update.Backend}', which '{update.Authority}' does not have";
            return false;
        }

        var endpoints = new Dictionary<(string Address, uint Port), Endpoint>(backend.Endpoints.Count);
        foreach (Endpoint endpoint in backend.Endpoints) endpoints[(endpoint.Address, endpoint.Port)] = endpoint;
        var removed = update.Removed.ToHashSet(StringComparer.Ordinal);
        foreach (Endpoint endpoint in backend.Endpoints)
        {
            if (removed.Contains($"{endpoint.Address}:{endpoint.Port}") || removed.Contains($"[{endpoint.Address}]:{endpoint.Port}"))
                endpoints.Remove((endpoint.Address, endpoint.Port));
        }

        foreach (Endpoint endpoint in update.Upserted) endpoints[(endpoint.Address, endpoint.Port)] = endpoint;
        backend.Endpoints.Clear();
        backend.Endpoints.AddRange(endpoints.Values);
        copy.Version = update.Version;
        merged = copy;
        error = null;
        return true;
    }
}
