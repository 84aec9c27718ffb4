using Microsoft.Extensions.Logging;

namespace Tulle.ControlPlane.Authority;

internal static partial class AuthorityLog
{
    [LoggerMessage(100, LogLevel.Warning, "Refused a caller at {Peer}: {Reason}")]
    public static partial void TokenRefused(this ILogger log, string peer, string reason);

    [LoggerMessage(101, LogLevel.Warning, "Cannot review the token of the caller at {Peer}: {Reason}")]
    public static partial void ReviewFailed(this ILogger log, string peer, string reason);

    [LoggerMessage(102, LogLevel.Information, "Created the mesh's root certificate in Secret {Secret}")]
    public static partial void RootCreated(this ILogger log, string secret);

    [LoggerMessage(103, LogLevel.Debug, "Issued a certificate to {Identity} ({Caller}), valid until {NotAfter:u}")]
    public static partial void Issued(this ILogger log, string identity, Caller caller, DateTimeOffset notAfter);

    [LoggerMessage(104, LogLevel.Warning, "Refused a certificate request of {Caller}: {Reason}")]
    public static partial void RequestRefused(this ILogger log, Caller caller, string reason);

    [LoggerMessage(105, LogLevel.Warning, "Cannot renew the control plane's own certificate, the old one stays until {NotAfter:u}: {Reason}")]
    public static partial void RenewalFailed(this ILogger log, DateTimeOffset notAfter, string reason);
}
