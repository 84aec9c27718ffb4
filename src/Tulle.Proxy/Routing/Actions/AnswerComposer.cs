using System.Buffers.Text;
using Tulle.Http;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>
/// Composes the answers that differ from request to request, without allocating: there is one, and it is good until the next.
/// Loop thread only.
/// </summary>
internal sealed class AnswerComposer
{
    private const int MaxLocation = 16 * 1024;

    private readonly byte[] _scratch = new byte[MaxLocation];
    private readonly FieldLine _origin = FieldLine.Changing("access-control-allow-origin");
    private readonly FieldLine _location = FieldLine.Changing("location");
    private readonly FieldLine _retryAfter = FieldLine.Changing("retry-after");
    private readonly List<FieldLine> _fields = new(16);
    private readonly FieldEdits _originEdits;
    private readonly LocalAnswer _answer;

    public AnswerComposer()
    {
        _originEdits = new FieldEdits([], [], [_origin]);
        _answer = new LocalAnswer { Status = 200, Fields = _fields };
    }

    /// <summary>Adds the allowed origin to a response. Good until the next call.</summary>
    public FieldEdits AllowOrigin(ReadOnlySpan<byte> origin)
    {
        _origin.Change(origin);
        return _originEdits;
    }

    /// <summary>The answer to a preflight. An empty origin is one that is not allowed.</summary>
    public LocalAnswer Preflight(CorsModel cors, ReadOnlySpan<byte> origin)
    {
        Begin(200, default);
        if (origin.IsEmpty) return _answer;
        _origin.Change(origin);
        _fields.Add(_origin);
        _fields.AddRange(cors.Preflight);
        _fields.Add(CorsModel.Vary);
        return _answer;
    }

    /// <summary>A redirect; null when its location is too long.</summary>
    /// <param name="cors">Where the origin is allowed, the policy; else null.</param>
    public LocalAnswer? Redirect(RouteModel route, in RequestView request, CorsModel? cors)
    {
        if (!route.Redirect!.TryWriteLocation(request, _scratch, out int length)) return null;
        Begin(route.Redirect.Status, default);
        _location.Change(_scratch.AsSpan(0, length));
        _fields.Add(_location);
        Finish(route, request, cors);
        return _answer;
    }

    /// <inheritdoc cref="Redirect"/>
    public LocalAnswer Direct(RouteModel route, in RequestView request, CorsModel? cors)
    {
        DirectResponseModel response = route.DirectResponse!;
        Begin(response.Status, response.Body);
        if (response.ContentType is not null) _fields.Add(response.ContentType);
        Finish(route, request, cors);
        return _answer;
    }

    /// <summary>An answer that also says when to come back (RFC 9110 §10.2.3): in whole seconds, rounded up.</summary>
    public LocalAnswer Later(LocalAnswer answer, long waitMicros)
    {
        Begin(answer.Status, answer.Body);
        _answer.Error = answer.Error;
        _fields.AddRange(answer.Fields);
        Utf8Formatter.TryFormat(Math.Max(1, (waitMicros + 999_999) / 1_000_000), _scratch, out int length);
        _retryAfter.Change(_scratch.AsSpan(0, length));
        _fields.Add(_retryAfter);
        return _answer;
    }

    private void Begin(int status, ReadOnlyMemory<byte> body)
    {
        _answer.Error = MeshError.None;
        _answer.Status = status;
        _answer.Body = body;
        _fields.Clear();
    }

    /// <summary>Responses of the proxy's own have their fields changed like any other's.</summary>
    private void Finish(RouteModel route, in RequestView request, CorsModel? cors)
    {
        foreach (FieldEdits edits in route.RuleEdits.Response) Apply(edits);
        if (cors is null || !request.Fields.TryFind("origin"u8, out ReadOnlySpan<byte> origin)) return;
        Apply(cors.Response);
        _origin.Change(origin);
        _fields.Add(_origin);
    }

    private void Apply(FieldEdits edits)
    {
        for (int i = _fields.Count - 1; i >= 0; i--)
        {
            if (edits.Removes(_fields[i].Id, _fields[i].Name)) _fields.RemoveAt(i);
        }
        foreach (FieldLine line in edits.Added) _fields.Add(line);
    }
}
