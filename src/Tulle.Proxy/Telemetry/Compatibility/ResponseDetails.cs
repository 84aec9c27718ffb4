namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>How a request ended, as other meshes' labels say it. Packed into a number, which is what tells cells apart.</summary>
/// <param name="Status">HTTP status; 0 without one.</param>
/// <param name="Flags">What went wrong, as bits of <see cref="Forwarding.ResponseFlags"/>.</param>
/// <param name="GrpcStatus">-1 where there is none.</param>
/// <param name="IsGrpc">The request was gRPC.</param>
/// <param name="IsSuccess">It counts as a success.</param>
/// <param name="IsMeshError">The mesh answered it itself.</param>
internal readonly record struct ResponseDetail(int Status, int Flags, int GrpcStatus, bool IsGrpc, bool IsSuccess, bool IsMeshError = false)
{
    private const int MaxStatus = 999, MaxGrpcStatus = 30;
    private const ulong MeshErrorBit = 1ul << 50;

    public ulong Pack() =>
        1ul | (IsSuccess ? 2ul : 0) | (IsGrpc ? 4ul : 0) | ((ulong)Math.Clamp(GrpcStatus + 1, 0, MaxGrpcStatus) << 3)
        | ((ulong)Math.Clamp(Status, 0, MaxStatus) << 8) | ((ulong)(uint)Flags << 18)
        | (IsMeshError ? MeshErrorBit : 0);

    public static ResponseDetail Unpack(ulong packed) => new(
        (int)(packed >> 8) & 0x3FF, (int)(packed >> 18), ((int)(packed >> 3) & 0x1F) - 1, (packed & 4) != 0, (packed & 2) != 0, (packed & MeshErrorBit) != 0);
}

/// <summary>
/// The responses of one series by how they ended, on one event loop: a table of fixed size. What finds no room is counted together as a
/// request of which nothing is known. The loop writes; any thread reads.
/// </summary>
internal sealed class ResponseDetails
{
    /// <summary>Most ways for requests of one series to end; services seldom answer with more than a handful of statuses.</summary>
    public const int MaxCells = 32;

    private readonly ResponseCell?[] _cells = new ResponseCell?[MaxCells];
    private ResponseCell? _last;

    /// <summary>Counts a request. Loop thread; allocates for the first of its kind only.</summary>
    public void Record(in ResponseDetail detail, long micros, long requestBytes, long responseBytes)
    {
        ulong key = detail.Pack();
        ResponseCell cell = _last is { } last && last.Key == key ? last : CellOf(key);
        _last = cell;
        cell.Durations.Add(micros / 1_000.0);
        cell.RequestBytes.Add(requestBytes);
        cell.ResponseBytes.Add(responseBytes);
        cell.Count++;
    }

    /// <summary>Every way that requests ended so far. Any thread.</summary>
    public IEnumerable<ResponseCell> Cells
    {
        get
        {
            for (int i = 0; i < MaxCells && Volatile.Read(ref _cells[i]) is { } cell; i++) yield return cell;
        }
    }

    private ResponseCell CellOf(ulong key)
    {
        for (int i = 0; i < MaxCells - 1; i++)
        {
            ResponseCell? cell = _cells[i];
            if (cell is null)
            {
                cell = new ResponseCell(key);
                Volatile.Write(ref _cells[i], cell);
                return cell;
            }
            if (cell.Key == key) return cell;
        }
        if (_cells[MaxCells - 1] is null) Volatile.Write(ref _cells[MaxCells - 1], new ResponseCell(default(ResponseDetail).Pack()));
        return _cells[MaxCells - 1]!;
    }
}

/// <summary>Requests that ended in the same way.</summary>
internal sealed class ResponseCell(ulong key)
{
    public ulong Key { get; } = key;

    public ResponseDetail Detail => ResponseDetail.Unpack(Key);

    public long Count;

    /// <summary>Milliseconds.</summary>
    public EnvoyHistogram Durations { get; } = new();

    public EnvoyHistogram RequestBytes { get; } = new();

    public EnvoyHistogram ResponseBytes { get; } = new();

    /// <summary>Adds another loop's.</summary>
    public void Add(ResponseCell other)
    {
        Count += Volatile.Read(ref other.Count);
        Durations.Add(other.Durations);
        RequestBytes.Add(other.RequestBytes);
        ResponseBytes.Add(other.ResponseBytes);
    }
}
