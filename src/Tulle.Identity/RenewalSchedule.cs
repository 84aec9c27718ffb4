namespace Tulle.Identity;

/// <summary>When to ask for the next certificate.</summary>
public static class RenewalSchedule
{
    /// <summary>Part of the lifetime after which a certificate is renewed: 70 %, as Linkerd's proxy does.</summary>
    public const double Fraction = 0.7;

    /// <summary>Largest part of the wait that is taken off at random, so that proxies started together do not renew together.</summary>
    public const double Jitter = 0.1;

    /// <summary>Never sooner, however short the lifetime: bounds what a broken clock can cost the authority. Linkerd takes 10 s.</summary>
    public static readonly TimeSpan Minimum = TimeSpan.FromSeconds(1);

    /// <summary>Never later, as Linkerd.</summary>
    public static readonly TimeSpan Maximum = TimeSpan.FromHours(24);

    /// <summary>How long to wait from now.</summary>
    /// <param name="now">The present.</param>
    /// <param name="notAfter">End of the certificate's validity.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    public static TimeSpan Delay(DateTimeOffset now, DateTimeOffset notAfter, double random)
    {
        TimeSpan wait = (notAfter - now) * (Fraction * (1 - Jitter * random));
        return wait < Minimum ? Minimum : wait > Maximum ? Maximum : wait;
    }
}
