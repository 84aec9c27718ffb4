namespace Tulle.Transport;

/// <summary>Hears when a connection ends. Loop thread.</summary>
public interface IConnectionObserver
{
    /// <summary>A connection that this observes was closed, by either side.</summary>
    void OnClosed();
}
