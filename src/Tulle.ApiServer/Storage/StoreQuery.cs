namespace Tulle.ApiServer.Storage;

/// <summary>Which objects a list is about.</summary>
/// <param name="Type">The resource.</param>
/// <param name="Namespace">One namespace; null for all.</param>
/// <param name="After">Only keys after this one, for the next page.</param>
/// <param name="Revision">The past revision at which to look, for pages that agree with each other; null for now.</param>
/// <param name="Limit">At most this many; 0 for all.</param>
/// <param name="Match">Which of the objects are wanted, by selector; null for all. Called with the stored JSON.</param>
internal sealed record StoreQuery(
    ResourceType Type, string? Namespace, (string Namespace, string Name)? After = null, long? Revision = null, int Limit = 0,
    Func<StoredObject, bool>? Match = null);
