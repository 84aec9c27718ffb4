namespace Tulle.Proxy.Balancing;

/// <summary>
/// Leads keys to the endpoints of one priority such that few keys move when an endpoint comes or goes. Made once per version
/// of a backend, where configuration is compiled, and shared by all loops. Immutable; any thread.
/// </summary>
internal abstract class HashTable
{
    /// <summary>Slots in the table.</summary>
    public abstract int Size { get; }

    /// <summary>Where a key's walk begins.</summary>
    public abstract int Start(ulong hash);

    /// <summary>The endpoint at a step of the walk, as its place in the priority. Step 0 is where the key belongs; later ones are where it goes while endpoints before are unusable.</summary>
    public abstract int At(int start, int step);
}
