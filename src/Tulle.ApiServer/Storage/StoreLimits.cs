namespace Tulle.ApiServer.Storage;

/// <summary>Bounds of the store.</summary>
internal sealed record StoreLimits
{
    /// <summary>Writes that may wait for the writer; more are answered with 429.</summary>
    public int PendingWrites { get; init; } = 1024;

    /// <summary>Changes kept for watches and consistent pagination. kube-apiserver keeps five minutes; a count bounds the file too.</summary>
    public int KeptChanges { get; init; } = 5000;

    /// <summary>Changes a watcher may lag behind before it is told to list again (410 Gone).</summary>
    public int WatchBuffer { get; init; } = 1024;
}
