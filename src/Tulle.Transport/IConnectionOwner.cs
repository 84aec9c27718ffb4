namespace Tulle.Transport;

/// <summary>Who is told that a connection can make progress: the strand that drives it, or the pool in which it idles.</summary>
public interface IConnectionOwner
{
    /// <summary>The connection became readable or writable, or broke. Loop thread.</summary>
    void OnReady(Connection connection);
}
