using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Storage;
using Tulle.Model.Schemas;
using LabelSelector = Tulle.Model.Resources.LabelSelector;

namespace Tulle.ApiServer.Selectors;

/// <summary>The label and field selector of a request together.</summary>
internal sealed class ObjectSelector
{
    private readonly LabelSelector _labels;
    private readonly FieldSelector _fields;
    private readonly string? _onlyName;

    private ObjectSelector(LabelSelector labels, FieldSelector fields, string? onlyName)
    {
        _labels = labels;
        _fields = fields;
        _onlyName = onlyName;
    }

    public bool IsEmpty => _labels.Requirements.Count == 0 && _fields.IsEmpty && _onlyName is null;

    /// <param name="request">The query.</param>
    /// <param name="kind">The kind that is selected from.</param>
    /// <param name="onlyName">The one object that a watch on a single object is about; null for all.</param>
    public static ObjectSelector Of(HttpRequest request, ResourceKind kind, string? onlyName = null) =>
        new(Labels(request.Query("labelSelector") ?? ""), FieldSelector.Parse(request.Query("fieldSelector"), kind), onlyName);

    /// <summary>The filter for a list; null when everything matches.</summary>
    public Func<StoredObject, bool>? Filter => IsEmpty ? null : item => Matches(item.Key.Name, item.Json);

    public bool Matches(string name, byte[] json)
    {
        if (IsEmpty) return true;
        // Most field selectors name one object; its key says enough, and parsing the others is saved.
        if ((_onlyName ?? _fields.Name) is { } wanted && wanted != name) return false;
        if (_labels.Requirements.Count == 0 && _fields.IsEmpty) return true;
        JsonObject value = ObjectEncoding.Decode(json);
        return _labels.Matches(LabelsOf(value)) && _fields.Matches(value);
    }

    private static LabelSelector Labels(string text) =>
        LabelSelector.TryParse(text, out LabelSelector? selector, out string? error) ? selector : throw ApiErrors.BadRequest($"unable to parse requirement: {error}");

    private static Dictionary<string, string> LabelsOf(JsonObject value)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonNode? label) in value.At("metadata", "labels") as JsonObject ?? []) labels[key] = label.Text() ?? "";
        return labels;
    }
}
