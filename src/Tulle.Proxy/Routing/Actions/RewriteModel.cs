using System.Text;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Protocol;
using Tulle.Proxy.Routing.Patterns;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>How a route changes the authority and the path of a request. The query stays. Immutable; any thread.</summary>
internal sealed class RewriteModel
{
    private readonly byte[]? _full;
    private readonly byte[]? _prefix;
    private readonly byte[] _matchedPrefix;
    private readonly PatternReplacer? _replacer;

    private RewriteModel(Rewrite rewrite, PatternReplacer? replacer)
    {
        Authority = Encoding.UTF8.GetBytes(rewrite.Authority);
        _matchedPrefix = Encoding.UTF8.GetBytes(rewrite.MatchedPrefix);
        _replacer = replacer;
        if (rewrite.PathCase == Rewrite.PathOneofCase.Full) _full = Encoding.UTF8.GetBytes(rewrite.Full);
        if (rewrite.PathCase == Rewrite.PathOneofCase.Prefix) _prefix = Encoding.UTF8.GetBytes(rewrite.Prefix);
    }

    /// <summary>Empty keeps the request's.</summary>
    public byte[] Authority { get; }

    /// <summary>False: only the authority changes.</summary>
    public bool ChangesPath => _full is not null || _prefix is not null || _replacer is not null;

    /// <summary>Compiles a rewrite; an error says what is wrong with it.</summary>
    public static (RewriteModel? Model, string? Error) Compile(Rewrite rewrite)
    {
        if (rewrite.Authority.Length > 0 && HeaderEditsModel.RefuseHost(rewrite.Authority) is { } wrong) return (null, $"rewrite: {wrong}");
        if ((PathText.Refuse(rewrite.Full) ?? PathText.Refuse(rewrite.Prefix)) is { } problem) return (null, $"rewrite: {problem}");
        if (rewrite.PathCase != Rewrite.PathOneofCase.Regex) return (new RewriteModel(rewrite, null), null);
        (PatternReplacer? replacer, string? error) = PatternReplacer.Compile(rewrite.Regex.Pattern, rewrite.Regex.Substitution);
        if (PathText.Refuse(rewrite.Regex.Substitution) is { } bad) error = bad;
        return error is null ? (new RewriteModel(rewrite, replacer), null) : (null, $"rewrite \"{rewrite.Regex.Pattern}\": {error}");
    }

    /// <summary>
    /// Writes the new path with the request's query. False when it does not fit or a regular expression takes too much work:
    /// such a request must not go anywhere. Nothing is written for "*" (OPTIONS), which is no path.
    /// </summary>
    public bool TryWriteTarget(in RequestView request, Span<byte> destination, out int written)
    {
        written = 0;
        ReadOnlySpan<byte> path = request.Path;
        if (path.IsEmpty || path[0] != '/') return true;
        var writer = new SpanWriter(destination);
        if (_replacer is not null)
        {
            // Behind a byte of room for the slash that a path needs.
            if (destination.Length < 2 || !_replacer.TryReplace(path, destination[1..], out int length)) return false;
            bool rooted = length > 0 && destination[1] == '/';
            if (rooted) destination.Slice(1, length).CopyTo(destination);
            else destination[0] = (byte)'/';
            written = rooted ? length : length + 1;
            writer = new SpanWriter(destination[written..]);
            PathText.WriteQuery(ref writer, request.Query);
            written += writer.Written;
            return !writer.Overflowed;
        }

        PathText.WritePath(ref writer, request, _full, _prefix, _matchedPrefix);
        written = writer.Written;
        return !writer.Overflowed;
    }
}
