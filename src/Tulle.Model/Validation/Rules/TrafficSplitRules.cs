namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of TrafficSplit.</summary>
internal static class TrafficSplitRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        CommonRules.CheckHost(spec["service"], wildcard: false);
        Cursor backends = spec["backends"];
        if (backends.Count == 0)
            backends.Missing("there are no backends", "add the services that share the traffic");
        long sum = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Cursor backend in backends.Items)
        {
            CommonRules.CheckHost(backend["service"], wildcard: false);
            if (backend["service"].Text is { } name && !names.Add(name))
                backend["service"].Error($"{name} is a backend twice", "add up its weights", "FieldValueDuplicate");
            sum += Weight(backend["weight"]);
        }
        if (backends.Count > 0 && sum <= 0)
            backends.Error("the weights add up to 0, so no request could be sent anywhere", "give at least one backend a weight above 0");
    }

    private static long Weight(Cursor weight)
    {
        if (Quantities.Thousandths(weight.Text) is not { } thousandths)
        {
            weight.Error($"\"{weight.Text}\" is not a weight", "write a whole number, or a quantity such as 500m");
            return 1;
        }
        if (thousandths is >= 0 and <= (long)uint.MaxValue * 1000)
            return thousandths;
        weight.Error($"{weight.Text} is out of range", "write a weight from 0 to 4294967295");
        return 1;
    }
}
