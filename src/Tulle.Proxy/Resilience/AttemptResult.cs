namespace Tulle.Proxy.Resilience;

/// <summary>What a try says about the endpoint that it was sent to.</summary>
internal enum AttemptResult : byte
{
    /// <summary>Nothing: the client went away, or the mesh stopped it.</summary>
    Unknown,

    /// <summary>A response; its status decides.</summary>
    Response,

    /// <summary>No connection, a reset, an invalid response, or none in time: of the mesh's own making, in Envoy's words "local origin".</summary>
    LocalFailure,
}
