namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>What the gRPC server has seen.</summary>
public sealed class GrpcState
{
    private int _cancelled;

    /// <summary>Calls that were cancelled while the server worked on them.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    public void CountCancelled() => Interlocked.Increment(ref _cancelled);
}
