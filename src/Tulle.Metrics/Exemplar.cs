namespace Tulle.Metrics;

/// <summary>One request that stands for others in its bucket: its trace shows what such a request did.</summary>
/// <param name="TraceId">32 lower-case hexadecimal digits.</param>
/// <param name="Value">In the histogram's unit.</param>
/// <param name="Time">When it was seen.</param>
public readonly record struct Exemplar(string TraceId, double Value, DateTimeOffset Time);
