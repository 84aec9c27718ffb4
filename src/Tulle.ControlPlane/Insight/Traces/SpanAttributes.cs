using Google.Protobuf.Collections;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>Adds attributes to a list; what has no value is left out.</summary>
internal static class SpanAttributes
{
    public static void Text(this RepeatedField<KeyValue> attributes, string name, string value)
    {
        if (value.Length > 0) attributes.Add(new KeyValue { Key = name, Value = new AnyValue { StringValue = value } });
    }

    public static void Number(this RepeatedField<KeyValue> attributes, string name, long value) =>
        attributes.Add(new KeyValue { Key = name, Value = new AnyValue { IntValue = value } });

    public static void Flag(this RepeatedField<KeyValue> attributes, string name, bool value) =>
        attributes.Add(new KeyValue { Key = name, Value = new AnyValue { BoolValue = value } });

    /// <summary>The text of an attribute; empty without.</summary>
    public static string TextOf(this RepeatedField<KeyValue> attributes, string name)
    {
        foreach (KeyValue attribute in attributes)
        {
            if (attribute.Key == name) return attribute.Value?.StringValue ?? "";
        }
        return "";
    }

    /// <summary>The number of an attribute; 0 without.</summary>
    public static long NumberOf(this RepeatedField<KeyValue> attributes, string name)
    {
        foreach (KeyValue attribute in attributes)
        {
            if (attribute.Key == name) return attribute.Value?.IntValue ?? 0;
        }
        return 0;
    }
}
