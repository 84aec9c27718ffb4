namespace Tulle.Http.Http2;

/// <summary>
/// The streams that we reset lately: frames that their peer sent before it knew are ignored, RFC 9113 §5.1. What is too old
/// to be remembered is given the benefit of the doubt.
/// </summary>
internal struct ResetStreams
{
    private const int Capacity = 128;

    private int[]? _ids;
    private int _next;
    private int _forgotten;

    public void Add(int id)
    {
        _ids ??= new int[Capacity];
        ref int place = ref _ids[_next++ & (Capacity - 1)];
        _forgotten = Math.Max(_forgotten, place);
        place = id;
    }

    public readonly bool MayContain(int id) => _ids is not null && (id <= _forgotten || _ids.AsSpan().Contains(id));
}
