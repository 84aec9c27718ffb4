using System.Globalization;
using System.Text;
using Tulle.ApiServer.Errors;

namespace Tulle.ApiServer.Verbs;

/// <summary>Where the next page of a list begins, and the revision all its pages show.</summary>
internal readonly record struct ContinueToken(long Revision, string Namespace, string Name)
{
    public override string ToString() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Revision}/{Namespace}/{Name}")))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static ContinueToken? Parse(string? text)
    {
        if (text is null) return null;
        string padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - text.Length % 4) % 4);
        byte[] bytes = new byte[padded.Length];
        if (Convert.TryFromBase64String(padded, bytes, out int length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split('/', 3) is [var revision, var ns, var name]
            && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return new ContinueToken(number, ns, name);
        }
        throw ApiErrors.BadRequest("continue key is not valid: it did not come from this server; list again from the start");
    }
}
