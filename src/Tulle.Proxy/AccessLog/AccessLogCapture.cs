using Tulle.Http;

namespace Tulle.Proxy.AccessLog;

/// <summary>Values of response fields that a format names, kept from the response's head to the end of the exchange. Loop thread only.</summary>
internal sealed class AccessLogCapture
{
    private readonly byte[] _bytes = new byte[2048];
    private readonly short[] _lengths = new short[AccessLogModel.MaxCaptures];
    private readonly short[] _starts = new short[AccessLogModel.MaxCaptures];
    private int _used;

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _used = 0;
        Array.Fill(_lengths, (short)-1);
    }

    /// <summary>Keeps what the format names of the response's head, or of its trailers. What does not fit is cut off.</summary>
    public void Take(AccessLogModel model, scoped in FieldsView fields, bool trailers)
    {
        foreach (AccessLogPart part in model.Captures)
        {
            if (part.Operator == AccessLogOperator.Trailer != trailers) continue;
            if (!fields.TryFind(part.Text, out ReadOnlySpan<byte> value) && (part.Alternative.Length == 0 || !fields.TryFind(part.Alternative, out value))) continue;
            int length = Math.Min(Math.Min(value.Length, part.MaxLength), _bytes.Length - _used);
            value[..length].CopyTo(_bytes.AsSpan(_used));
            _starts[part.Capture] = (short)_used;
            _lengths[part.Capture] = (short)length;
            _used += length;
        }
    }

    /// <summary>A value; false when the response had none.</summary>
    public bool TryGet(int capture, out ReadOnlySpan<byte> value)
    {
        value = _lengths[capture] < 0 ? default : _bytes.AsSpan(_starts[capture], _lengths[capture]);
        return _lengths[capture] >= 0;
    }
}
