using System.Globalization;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>Which traces are wanted.</summary>
internal sealed record TraceQuery
{
    public const int DefaultLimit = 20, MaxLimit = 1_000;

    /// <summary>Most spans that one question reads.</summary>
    public const int MaxScannedSpans = 200_000;

    public string Namespace { get; init; } = "";

    public string Service { get; init; } = "";

    /// <summary>Of the trace, or with <see cref="Service"/> of its span; 0: any.</summary>
    public long MinMicros { get; init; }

    /// <inheritdoc cref="MinMicros"/>
    public long MaxMicros { get; init; } = long.MaxValue;

    /// <summary>Null: both.</summary>
    public bool? Error { get; init; }

    /// <summary>HTTP statuses from the first to the last; (0, 0): any.</summary>
    public (int First, int Last) Status { get; init; }

    public string Route { get; init; } = "";

    /// <summary>Names of attributes with the values they must have; a value of null means any.</summary>
    public IReadOnlyList<(string Name, string? Value)> Tags { get; init; } = [];

    /// <summary>Microseconds since 1970: the trace began at that time or later.</summary>
    public long SinceMicros { get; init; }

    /// <summary>Microseconds since 1970: the trace began before.</summary>
    public long UntilMicros { get; init; } = long.MaxValue;

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>A condition on a trace <c>t</c>, and its parameters.</summary>
    public (string Condition, object[] Parameters) ToSql()
    {
        var parameters = new List<object> { SinceMicros, UntilMicros };
        var ofTrace = new List<string> { "t.start >= $1", "t.start < $2" };
        var ofSpan = new List<string> { "s.trace = t.number" };
        if (Namespace.Length > 0) ofSpan.Add($"s.namespace = {Add(Namespace)}");
        if (Service.Length > 0) ofSpan.Add($"s.service = {Add(Service)}");
        if (Status.Last > 0) ofSpan.Add($"s.status BETWEEN {Add(Status.First)} AND {Add(Status.Last)}");
        if (Route.Length > 0)
        {
            string route = Add(Route);
            ofSpan.Add($"(s.route = {route} OR s.rule = {route})");
        }
        (List<string> where, string duration) = Service.Length > 0 ? (ofSpan, "s.duration") : (ofTrace, "(t.finish - t.start)");
        if (MinMicros > 0) where.Add($"{duration} >= {Add(MinMicros)}");
        if (MaxMicros < long.MaxValue) where.Add($"{duration} <= {Add(MaxMicros)}");
        if (Error is { } error) (error && Service.Length > 0 ? ofSpan : ofTrace).Add(!error ? "t.errors = 0" : Service.Length > 0 ? "s.error = 1" : "t.errors > 0");
        if (ofSpan.Count > 1) ofTrace.Add($"EXISTS (SELECT 1 FROM spans s WHERE {string.Join(" AND ", ofSpan)})");
        return (string.Join(" AND ", ofTrace), [.. parameters]);

        string Add(object value)
        {
            parameters.Add(value);
            return $"${parameters.Count}";
        }
    }

    /// <summary>Whether one of the spans, with <see cref="Service"/> one of that service, has all the tags.</summary>
    public bool HasTags(IReadOnlyList<TraceSpan> spans) => Tags.Count == 0
        || spans.Any(span => (Service.Length == 0 || span.Service == Service) && Tags.All(tag => span.Span.Attributes.Any(attribute => Has(attribute, tag))));

    private static bool Has(KeyValue attribute, (string Name, string? Value) tag) =>
        attribute.Key == tag.Name && (tag.Value is null || Text(attribute.Value) == tag.Value);

    private static string Text(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        _ => "",
    };
}
