using System.Text;
using Tulle.Model.Resources;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of what a VirtualService's HTTP rule answers or rewrites (istio.md §1.3, §5.1).</summary>
internal static class HttpActionRules
{
    // Envoy has no others, and Istio drops a redirect with another one.
    private static readonly long[] s_redirectCodes = [301, 302, 303, 307, 308];

    public static void CheckRedirect(Cursor rule)
    {
        Cursor redirect = rule["redirect"];
        if (!redirect.Exists)
            return;
        if (redirect.Given("uri", "prefixRewrite", "authority", "port", "derivePort", "scheme", "redirectCode").Count == 0)
            redirect.Missing("the redirect changes nothing", "add uri, authority, scheme or port");
        redirect.AtMostOne("uri", "prefixRewrite");
        redirect.AtMostOne("port", "derivePort");
        if (redirect["scheme"] is { Text: not (null or "http" or "https") } scheme)
            scheme.Error($"\"{scheme.Text}\" is not a scheme of HTTP", "write http or https");
        if (redirect["redirectCode"].Integer is { } code && code != 0 && !s_redirectCodes.Contains(code))
            redirect["redirectCode"].Error($"{code} does not redirect", $"write one of {string.Join(", ", s_redirectCodes)}", "FieldValueNotSupported");
        ValueRules.CheckPath(redirect["uri"]);
        ValueRules.CheckPath(redirect["prefixRewrite"]);
        ValueRules.CheckAuthority(redirect["authority"]);
        if (redirect["prefixRewrite"].Exists && (rule["match"].Count == 0 || rule["match"].Items.Any(match => !match["uri"]["prefix"].Exists)))
            redirect["prefixRewrite"].Error("there is no prefix to replace", "match uri by prefix in every match of the rule");
    }

    public static void CheckDirectResponse(Cursor response)
    {
        if (!response.Exists)
            return;
        Cursor body = response["body"];
        body.AtMostOne("string", "bytes");
        int length = body["string"].Text is { } text ? Encoding.UTF8.GetByteCount(text) : DecodedLength(body["bytes"].Text ?? "");
        if (length > HttpDirectResponse.MaxBodyBytes)
            body.Error($"the body is longer than {HttpDirectResponse.MaxBodyBytes / 1024} KiB, which is the most that proxies answer themselves", "shorten it, or route to a service that serves it");
        if (response["status"].Integer is 204 or 304 && length > 0)
            body.Error($"a response with status {response["status"].Integer} has no body", "remove it, or write another status", "FieldValueForbidden");
    }

    private static int DecodedLength(string base64) => (base64.Length / 4 * 3) - base64.AsSpan().Count('=');

    public static void CheckRewrite(Cursor rule)
    {
        Cursor rewrite = rule["rewrite"];
        if (rewrite.Exists && rewrite.Given("uri", "authority", "uriRegexRewrite").Count == 0)
            rewrite.Missing("the rewrite changes nothing", "add uri, uriRegexRewrite or authority");
        rewrite.AtMostOne("uri", "uriRegexRewrite");
        ValueRules.CheckAuthority(rewrite["authority"]);
        ValueRules.CheckPath(rewrite["uri"]);
        if (rewrite["uri"].Exists && rule["match"].Items.Any(match => match["uri"]["regex"].Exists))
            rewrite["uri"].Warn("replaces the whole path of requests that were matched by a regular expression, which has no prefix", "match uri by prefix, or write uriRegexRewrite");
        if (rewrite["uriRegexRewrite"].Exists)
            CheckRegexRewrite(rewrite["uriRegexRewrite"]);
    }

    private static void CheckRegexRewrite(Cursor rewrite)
    {
        if (rewrite["match"].Text is not { Length: > 0 } pattern)
        {
            rewrite["match"].Missing("there is no regular expression", "add match");
            return;
        }
        CommonRules.CheckRegex(rewrite["match"]);
        ValueRules.CheckPath(rewrite["rewrite"]);
        if (rewrite["rewrite"].Text is not { } substitution)
        {
            rewrite["rewrite"].Missing("there is no replacement", "add rewrite");
            return;
        }
        int groups = RegexSyntax.Groups(pattern);
        for (int i = 0; i < substitution.Length; i++)
        {
            if (substitution[i] != '\\')
                continue;
            i++;
            if (i == substitution.Length || (substitution[i] != '\\' && !char.IsAsciiDigit(substitution[i])))
            {
                rewrite["rewrite"].Error($"\"{substitution}\" has a backslash without a group's number", "write \\1 for the first group, or \\\\ for a backslash");
                return;
            }
            if (char.IsAsciiDigit(substitution[i]) && substitution[i] - '0' > groups)
            {
                rewrite["rewrite"].Error($"there is no group {substitution[i]} in \"{pattern}\"", groups == 0 ? "put parentheses around what the replacement needs" : $"write at most \\{groups}");
                return;
            }
        }
    }
}
