namespace Tulle.ApiServer.Storage;

/// <summary>An object as it lies in the store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Version">The revision of the store at which it was last written: its resourceVersion.</param>
/// <param name="Json">UTF-8 JSON without apiVersion and kind, which depend on the version it is asked for in.</param>
internal sealed record StoredObject(ResourceKey Key, long Version, byte[] Json);

internal enum ChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One committed change.</summary>
/// <param name="Revision">The revision of the store that the change made.</param>
/// <param name="Type">What happened to the object.</param>
/// <param name="Key">Its key.</param>
/// <param name="Json">The object after the change; its last state, with the new resourceVersion, when it was deleted.</param>
/// <param name="Previous">The object before the change; null when it was added.</param>
internal sealed record StoreChange(long Revision, ChangeType Type, ResourceKey Key, byte[] Json, byte[]? Previous);

/// <summary>What a list found.</summary>
/// <param name="Items">The objects in order of key.</param>
/// <param name="Revision">The revision at which that was so.</param>
/// <param name="Remaining">How many more there are after the last item, when a limit cut the list.</param>
internal sealed record StoreList(IReadOnlyList<StoredObject> Items, long Revision, long Remaining);
