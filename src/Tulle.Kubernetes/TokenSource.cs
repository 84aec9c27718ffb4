namespace Tulle.Kubernetes;

/// <summary>The bearer token of the moment: a fixed one, or one from a file that is renewed while the process runs.</summary>
internal sealed class TokenSource(KubernetesOptions options, TimeProvider clock)
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private string? _token;
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    public string? Current()
    {
        if (options.TokenFile is null) return options.Token;
        lock (_gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (_token is not null && now - _readAt < ReadEvery) return _token;
            try
            {
                _token = File.ReadAllText(options.TokenFile).Trim();
                _readAt = now;
            }
            catch (IOException) when (_token is not null)
            {
                // A renewal replaces the file; the old token is still good for this request.
            }
            return _token;
        }
    }
}
