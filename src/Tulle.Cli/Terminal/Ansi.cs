namespace Tulle.Cli.Terminal;

/// <summary>SGR sequences (ECMA-48 8.3.117), written only when colours are on.</summary>
internal static class Ansi
{
    public static string Red(string text, bool on) => Sgr(text, "31", on);

    public static string Green(string text, bool on) => Sgr(text, "32", on);

    public static string Yellow(string text, bool on) => Sgr(text, "33", on);

    public static string Bold(string text, bool on) => Sgr(text, "1", on);

    public static string Dim(string text, bool on) => Sgr(text, "2", on);

    private static string Sgr(string text, string code, bool on) => on ? $"\e[{code}m{text}\e[0m" : text;
}
