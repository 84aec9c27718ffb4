namespace Tulle.Local.Hosting;

/// <summary>Told how the start of a mesh goes, for a person to read. Called on any thread, one call at a time is not promised.</summary>
public interface IMeshProgress
{
    /// <summary>A step begins or something is worth knowing: one line.</summary>
    void Say(string line);

    /// <summary>Every replica of a service is ready.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="ready">Services that are ready now.</param>
    /// <param name="total">Services of the mesh.</param>
    void ServiceReady(string service, int ready, int total);

    /// <summary>A service takes long, or cannot run; it is still tried.</summary>
    void Trouble(string service, string why);
}
