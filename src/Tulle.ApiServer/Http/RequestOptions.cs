using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;

namespace Tulle.ApiServer.Http;

internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>The query parameters of reads and writes.</summary>
internal static class RequestOptions
{
    public static string? Query(this HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var values) && values.Count > 0 && values[^1] is { Length: > 0 } value ? value : null;

    public static bool Flag(this HttpRequest request, string name) =>
        request.Query(name) switch
        {
            null or "false" or "0" => false,
            "true" or "1" => true,
            var other => throw ApiErrors.BadRequest($"the query parameter {name} is \"{other}\"; write true or false"),
        };

    public static long? Number(this HttpRequest request, string name)
    {
        if (request.Query(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return number;
        throw ApiErrors.BadRequest($"the query parameter {name} is \"{text}\"; write a number of 0 or more");
    }

    /// <summary>Whether a write is only tried, and not done.</summary>
    public static bool DryRun(this HttpRequest request) =>
        request.Query("dryRun") switch
        {
            null => false,
            "All" => true,
            var other => throw ApiErrors.BadRequest($"the query parameter dryRun is \"{other}\"; the only value is All"),
        };

    public static FieldValidation FieldValidation(this HttpRequest request) =>
        request.Query("fieldValidation") switch
        {
            "Strict" => Http.FieldValidation.Strict,
            null or "Warn" => Http.FieldValidation.Warn,
            "Ignore" => Http.FieldValidation.Ignore,
            var other => throw ApiErrors.BadRequest($"the query parameter fieldValidation is \"{other}\"; write Ignore, Warn or Strict"),
        };
}
