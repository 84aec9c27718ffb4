using System.Globalization;
using Tulle.Http;
using Tulle.Http.Grpc;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>What a route does wrong on purpose. The delay comes first; both may hit one request. Immutable; any thread.</summary>
internal sealed class FaultModel
{
    public const uint Million = 1_000_000;

    private readonly uint _delayPpm;
    private readonly uint _abortPpm;

    private FaultModel(Fault fault)
    {
        DelayMs = fault.DelayMs;
        _delayPpm = fault.DelayPpm;
        _abortPpm = fault.AbortPpm;
        AbortGrpcStatus = fault.HasAbortGrpcStatus ? (int)fault.AbortGrpcStatus : -1;
        AbortStatus = fault.AbortStatus != 0 ? (int)fault.AbortStatus : GrpcCodes.ToHttp(AbortGrpcStatus);
        int grpcStatus = AbortGrpcStatus >= 0 ? AbortGrpcStatus : GrpcCodes.FromHttp(AbortStatus);
        MeshErrorModel error = MeshErrors.Of(MeshError.FaultAbort);
        Answer = error.AnswerOf(AbortStatus, error.Text, close: false);
        GrpcAnswer = new LocalAnswer
        {
            Error = MeshError.FaultAbort,
            Status = 200,
            Fields =
            [
                new FieldLine("content-type", "application/grpc"),
                new FieldLine("grpc-status", grpcStatus.ToString(CultureInfo.InvariantCulture)),
                new FieldLine("grpc-message", error.Text),
                new FieldLine(ProtocolNames.ErrorHeader, error.Token),
            ],
        };
    }

    /// <summary>What an aborted request gets.</summary>
    public LocalAnswer Answer { get; }

    /// <summary>What an aborted request of gRPC gets.</summary>
    public LocalAnswer GrpcAnswer { get; }

    public long DelayMs { get; }

    /// <summary>HTTP status of an abort; also where only a gRPC status is configured and the request is not gRPC.</summary>
    public int AbortStatus { get; }

    /// <summary>-1: none, and a gRPC request gets what <see cref="AbortStatus"/> maps to.</summary>
    public int AbortGrpcStatus { get; }

    /// <summary>Compiles a fault; an error says what is wrong with it.</summary>
    public static (FaultModel? Model, string? Error) Compile(Fault fault)
    {
        if (fault.DelayMs is < 0 or > 3_600_000) return (null, $"fault: a delay of {fault.DelayMs} ms is not between 0 and 1 h");
        if (fault.DelayPpm > Million || fault.AbortPpm > Million) return (null, "fault: a share is above 1000000 parts per million");
        if (fault.AbortStatus is not 0 and (< 200 or > 599)) return (null, $"fault: status {fault.AbortStatus} is not between 200 and 599");
        if (fault.HasAbortGrpcStatus && fault.AbortGrpcStatus > 16) return (null, $"fault: gRPC status {fault.AbortGrpcStatus} is above 16");
        return (new FaultModel(fault), null);
    }

    /// <summary>Whether this request is delayed.</summary>
    public bool Delays(IRandomSource random) => DelayMs > 0 && Hits(_delayPpm, random);

    /// <summary>Whether this request is aborted.</summary>
    public bool Aborts(IRandomSource random) => (AbortStatus != 0 || AbortGrpcStatus >= 0) && Hits(_abortPpm, random);

    internal static bool Hits(uint ppm, IRandomSource random) => ppm >= Million || (ppm > 0 && random.Below(Million) < ppm);
}
