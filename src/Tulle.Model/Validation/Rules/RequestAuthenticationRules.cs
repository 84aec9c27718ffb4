namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of RequestAuthentication (istio.md §5.1).</summary>
internal static class RequestAuthenticationRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        TargetRules.Check(spec);
        foreach (Cursor rule in spec["jwtRules"].Items)
            CheckRule(rule);
    }

    private static void CheckRule(Cursor rule)
    {
        if (rule["issuer"].Text is not { Length: > 0 } && !rule["jwksUri"].Exists)
            rule["issuer"].Missing("the rule has no issuer", "add issuer, as the token's iss claim has it");
        rule.AtMostOne("jwksUri", "jwks");
        if (rule["jwksUri"].Text is { } uri && !(Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https"))
            rule["jwksUri"].Error($"\"{uri}\" is not a URL", "write it like https://issuer.example.com/.well-known/jwks.json");
        foreach (Cursor header in rule["fromHeaders"].Items)
            CheckHeader(header["name"]);
        CheckHeader(rule["outputPayloadToHeader"]);
        foreach (Cursor output in rule["outputClaimToHeaders"].Items)
            CheckHeader(output["header"]);
    }

    private static void CheckHeader(Cursor header)
    {
        if (header.Text is { } name && !CommonRules.IsToken(name))
            header.Error($"\"{name}\" is not the name of a header", "write the name alone, such as x-jwt-payload");
    }
}
