namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of a list of ports with names and protocols (istio.md §5.1).</summary>
internal static class PortRules
{
    // istio.md §1.7, §1.9.
    private static readonly string[] s_protocols = ["HTTP", "HTTPS", "GRPC", "GRPC-WEB", "HTTP2", "MONGO", "MYSQL", "REDIS", "TCP", "TLS", "UDP"];

    public static void Check(IReadOnlyList<Cursor> ports)
    {
        var numbers = new HashSet<long>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Cursor port in ports)
        {
            if (port["number"].Integer is { } number && !numbers.Add(number))
                port["number"].Error($"port {number} is there twice", "keep one of them", "FieldValueDuplicate");
            if (port["name"].Text is { Length: > 0 } name && !names.Add(name))
                port["name"].Error($"there are two ports {name}", "give them different names", "FieldValueDuplicate");
            CheckProtocol(port["protocol"]);
        }
    }

    public static void CheckProtocol(Cursor protocol)
    {
        if (protocol.Text is { } text && !s_protocols.Contains(text.ToUpperInvariant()))
            protocol.Error($"\"{text}\" is not a known protocol", $"write one of {string.Join(", ", s_protocols)}", "FieldValueNotSupported");
    }
}
