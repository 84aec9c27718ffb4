namespace Tulle.Http.Grpc;

/// <summary>Status codes of gRPC (grpc/doc/statuscodes.md), read from grpc-status and mapped to those of HTTP and back.</summary>
public static class GrpcCodes
{
    /// <summary>Success.</summary>
    public const int Ok = 0;

    /// <summary>What a value means that is no code.</summary>
    public const int Unknown = 2;

    /// <summary>HTTP status for a gRPC one, for clients that do not speak gRPC; 0 for none (-1).</summary>
    public static int ToHttp(int grpcStatus) => grpcStatus switch
    {
        -1 => 0,
        0 => 200,
        1 => 499,
        3 or 9 or 11 => 400,
        4 => 504,
        5 => 404,
        6 or 10 => 409,
        7 => 403,
        8 => 429,
        12 => 501,
        14 => 503,
        16 => 401,
        _ => 500,
    };

    /// <summary>gRPC status for an HTTP one that came instead of a gRPC response (doc/http-grpc-status-mapping of the gRPC project).</summary>
    public static int FromHttp(int status) => status switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => 14,
        _ => 2,
    };

    /// <summary>
    /// Whether the server failed, rather than refused for a reason that the client can mend: UNKNOWN, DEADLINE_EXCEEDED,
    /// UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS, as OpenTelemetry has it for server spans. The counterpart of 5xx.
    /// </summary>
    public static bool IsFailure(int grpcStatus) => grpcStatus is 2 or 4 or 12 or 13 or 14 or 15;

    /// <summary>The value of grpc-status; <see cref="Unknown"/> for what is not a number of one or two digits.</summary>
    public static int Parse(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > 2) return Unknown;
        int status = 0;
        foreach (byte digit in value)
        {
            if (digit is < (byte)'0' or > (byte)'9') return Unknown;
            status = status * 10 + digit - '0';
        }
        return status;
    }
}
