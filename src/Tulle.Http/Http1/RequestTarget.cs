namespace Tulle.Http.Http1;

/// <summary>The parts of a request target as offsets into the buffer.</summary>
/// <param name="Form">Which form it has.</param>
/// <param name="Scheme">Absolute form: "http" or "https" as written.</param>
/// <param name="Authority">Absolute and authority form.</param>
/// <param name="Path">Without the query; empty for authority form and for an absolute target without a path; "*" for asterisk form.</param>
/// <param name="Query">Behind the '?'.</param>
/// <param name="HasQuery">There is a '?', even when nothing follows it.</param>
internal readonly record struct RequestTarget(
    TargetForm Form, ByteRange Scheme, ByteRange Authority, ByteRange Path, ByteRange Query, bool HasQuery)
{
    /// <summary>Splits a target that begins at <paramref name="offset"/> of the buffer; false when it is not valid for the method.</summary>
    public static bool TryParse(ReadOnlySpan<byte> target, int offset, KnownMethod method, out RequestTarget parsed)
    {
        parsed = default;
        if (target.IsEmpty || target.ContainsAnyExcept(Characters.Target)) return false;

        if (method == KnownMethod.Connect)
        {
            parsed = parsed with { Form = TargetForm.Authority, Authority = new ByteRange(offset, target.Length) };
            return AuthorityReader.IsValid(target, needsPort: true);
        }
        if (target[0] == '/')
        {
            parsed = Split(parsed, target, 0, offset);
            return true;
        }
        if (target.Length == 1 && target[0] == '*')
        {
            parsed = parsed with { Form = TargetForm.Asterisk, Path = new ByteRange(offset, 1) };
            return method == KnownMethod.Options;
        }
        return TryParseAbsolute(target, offset, out parsed);
    }

    private static bool TryParseAbsolute(ReadOnlySpan<byte> target, int offset, out RequestTarget parsed)
    {
        parsed = default;
        int scheme = target.IndexOf((byte)':');
        if (scheme <= 0 || !Characters.IsLetter(target[0]) || target[..scheme].ContainsAnyExcept(Characters.Scheme)) return false;
        if (!target[(scheme + 1)..].StartsWith("//"u8)) return false;

        int start = scheme + 3;
        int length = target[start..].IndexOfAny((byte)'/', (byte)'?');
        int end = length < 0 ? target.Length : start + length;
        parsed = new RequestTarget { Form = TargetForm.Absolute, Scheme = new(offset, scheme), Authority = new(offset + start, end - start) };
        parsed = Split(parsed, target, end, offset);
        return AuthorityReader.IsValid(target[start..end], needsPort: false);
    }

    private static RequestTarget Split(RequestTarget parsed, ReadOnlySpan<byte> target, int pathStart, int offset)
    {
        int mark = target[pathStart..].IndexOf((byte)'?');
        int pathEnd = mark < 0 ? target.Length : pathStart + mark;
        int queryStart = mark < 0 ? target.Length : pathEnd + 1;
        return parsed with
        {
            Path = new ByteRange(offset + pathStart, pathEnd - pathStart),
            Query = new ByteRange(offset + queryStart, target.Length - queryStart),
            HasQuery = mark >= 0,
        };
    }
}
