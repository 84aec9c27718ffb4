using Tulle.Model.Resources;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of single values that several kinds share.</summary>
internal static class ValueRules
{
    private const int MaxHeaderValue = 8192;

    /// <summary>Checks a duration that cannot be 0; its form is the schema's affair.</summary>
    public static void CheckDuration(Cursor duration)
    {
        if (Time(duration) == TimeSpan.Zero)
            duration.Error($"{duration.Text} takes no time", "write at least 1ms, or remove it");
    }

    /// <summary>The time of a duration; null when it is not given or has no time's form.</summary>
    public static TimeSpan? Time(Cursor duration) => duration.Text is { } text && Durations.TryParse(text, out TimeSpan time) ? time : null;

    /// <summary>Checks a host with an optional port, as it stands in a Host header.</summary>
    public static void CheckAuthority(Cursor authority)
    {
        if (authority.Text is not { Length: > 0 } text)
            return;
        if (text.Length > 255 || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']'))
            authority.Error($"\"{text}\" is not a host with an optional port", "write only the host, such as api.example.com or api.example.com:8080");
    }

    /// <summary>Checks a path that is put into requests or locations.</summary>
    public static void CheckPath(Cursor path)
    {
        if (path.Text is { } text && (text.Contains('#') || text.AsSpan().ContainsAnyExceptInRange('!', '~')))
            path.Error($"\"{text}\" has characters that a path cannot have", "percent-encode them, such as %20 for a space");
    }

    /// <summary>Checks a header that is set, added or removed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="field">Where it stands.</param>
    /// <param name="host">Whether it may be the Host.</param>
    public static void CheckHeader(string name, Cursor field, bool host)
    {
        bool isHost = name == ":authority" || name.Equals("host", StringComparison.OrdinalIgnoreCase);
        if (isHost && host)
            CheckAuthority(field);
        else if (isHost)
            field.Error("the Host can only be set, and only in requests", "remove it, or write rewrite.authority");
        else if (!CommonRules.IsToken(name))
            field.Error($"\"{name}\" is not the name of a header", "write the name alone, such as x-version");
        else if (HeaderChanges.Untouchable.Contains(name))
            field.Error($"{name} belongs to the connection or to the framing of the message and cannot be changed", "remove it");
        if (field.Text is { } value && field.Node is { } && value.AsSpan().ContainsAny('\r', '\n', '\0'))
            field.Error("the value has a line end or a zero byte, which a header cannot have", "write it on one line");
        else if (field.Text is { Length: > MaxHeaderValue })
            field.Error($"the value is longer than {MaxHeaderValue} characters", "shorten it");
        else if (field.Text is { } text && HasFormatter(text))
            field.NotApplied($"accepted, but \"{text}\" is sent as it is written: Envoy's %VARIABLES% have no effect yet in this version of Tulle");
    }

    /// <summary>Whether a text has something like <c>%REQ(x)%</c>; <c>%%</c> and single percent signs are none.</summary>
    private static bool HasFormatter(string text)
    {
        int first = text.IndexOf('%');
        int second = first < 0 ? -1 : text.IndexOf('%', first + 1);
        return second > first + 1 && char.IsAsciiLetterUpper(text[first + 1]);
    }
}
