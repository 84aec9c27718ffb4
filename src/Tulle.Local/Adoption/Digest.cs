using System.Security.Cryptography;
using System.Text;
using Tulle.Local.Supervision;

namespace Tulle.Local.Adoption;

/// <summary>Tells whether a running process was started with what would be started now.</summary>
internal static class Digest
{
    // Differs from terminal to terminal without a service noticing.
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal)
    {
        "_", "OLDPWD", "PWD", "SHLVL", "TERM", "COLORTERM", "COLUMNS", "LINES", "TTY", "SSH_TTY", "SSH_CLIENT", "SSH_CONNECTION",
        "SSH_AUTH_SOCK", "WINDOWID", "TMUX", "TMUX_PANE", "STY", "XDG_SESSION_ID", "LS_COLORS", "PS1",
    };

    public static string Of(ProcessConfig config)
    {
        var text = new StringBuilder();
        foreach (string word in config.Command) text.Append(word).Append('\0');
        text.Append('\n').Append(config.WorkingDirectory).Append('\n');
        foreach ((string name, string value) in config.Environment.Where(pair => !Ignored.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            text.Append(name).Append('=').Append(value).Append('\0');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }
}
