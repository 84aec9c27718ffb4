using System.Globalization;

namespace Tulle.Proxy.Configuration;

/// <summary>Parses the text behind a flag. Null, or what is wrong.</summary>
internal delegate string? FlagParser<T>(string text, out T? value);

/// <summary>The flags that were given, and the mistakes that were found in them so far.</summary>
internal sealed class GivenFlags
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];

    /// <summary>Takes the arguments apart; the program's name is none of them.</summary>
    public GivenFlags(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                Refuse($"'{argument}' is not a flag; flags start with -- (see --help).");
                continue;
            }

            int equals = argument.IndexOf('=');
            string name = equals < 0 ? argument : argument[..equals];
            Flag? flag = Flags.All.FirstOrDefault(f => f.Name == name);
            if (flag is null)
            {
                string? near = Flags.Nearest(name);
                Refuse($"The flag {name} is unknown; {(near is null ? "see --help for those there are." : $"did you mean {near}?")}");

                // Its value, if it has one, would only be reported a second time.
                if (equals < 0 && i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-')) i++;
                continue;
            }

            string? value = equals >= 0 ? argument[(equals + 1)..] : i + 1 < arguments.Count ? arguments[++i] : null;
            if (string.IsNullOrEmpty(value) || (equals < 0 && value.StartsWith("--", StringComparison.Ordinal)))
            {
                if (equals < 0 && value is not null) i--;
                Refuse($"{name} needs a value: {flag.Name} {flag.Value}.");
                continue;
            }

            if (!_values.TryGetValue(name, out List<string>? values)) _values[name] = values = [];
            if (values.Count > 0 && !flag.Repeatable) Refuse($"{name} is given twice; it takes one value.");
            values.Add(value);
        }
    }

    /// <summary>Every mistake, as a sentence.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>One more mistake.</summary>
    public void Refuse(string error) => _errors.Add(error);

    /// <summary>Whether the flag was given.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The value that was given; null without.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out List<string>? values) ? values[^1] : null;

    /// <summary>One value, or what stands for it.</summary>
    public T? One<T>(string name, T? fallback, FlagParser<T> parse) where T : class
    {
        if (Text(name) is not { } text) return fallback;
        if (parse(text, out T? value) is not { } problem) return value;
        Refuse($"{name} {text}: {problem}.");
        return fallback;
    }

    /// <summary>Every value of a flag that may be repeated.</summary>
    public List<T> Many<T>(string name, FlagParser<T> parse) where T : class
    {
        var found = new List<T>();
        foreach (string text in _values.GetValueOrDefault(name, []))
        {
            if (parse(text, out T? value) is { } problem) Refuse($"{name} {text}: {problem}.");
            else found.Add(value!);
        }

        return found;
    }

    /// <summary>A number of event loops.</summary>
    public int Loops(string name, int fallback)
    {
        if (Text(name) is not { } text) return fallback;
        if (FlagValues.TryLoops(text, out int loops)) return loops;
        Refuse($"{name} {text}: a whole number from 1 to {FlagValues.MaxLoops} is needed.");
        return fallback;
    }

    /// <summary>A duration, such as 500ms.</summary>
    public TimeSpan Duration(string name, TimeSpan fallback)
    {
        if (Text(name) is not { } text) return fallback;
        if (FlagValues.TryDuration(text, out TimeSpan duration)) return duration;
        Refuse($"{name} {text}: a duration from 1ms to 24h is needed, such as 500ms, 10s or 2m.");
        return fallback;
    }

    /// <summary>A percentage, in millionths.</summary>
    public uint Share(string name, string text)
    {
        if (FlagValues.TryPercentage(text, out uint ppm)) return ppm;
        Refuse($"{name} {text}: a percentage from 0 to 100 is needed, such as 1 or 0.5, or off.");
        return 0;
    }

    /// <summary>So many per second.</summary>
    public int Rate(string name, int fallback)
    {
        if (Text(name) is not { } text) return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate) && rate is > 0 and <= FlagValues.MaxRate) return rate;
        Refuse($"{name} {text}: a whole number from 1 to {FlagValues.MaxRate} is needed.");
        return fallback;
    }
}
