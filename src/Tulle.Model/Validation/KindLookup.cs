using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;

namespace Tulle.Model.Validation;

/// <summary>Finds what kind an object says it is, or says why that cannot be found.</summary>
public static class KindLookup
{
    public static (ResourceKind? Kind, Finding? Fault) Find(MappingNode obj)
    {
        if (obj.Text("apiVersion") is not { Length: > 0 } apiVersion)
            return (null, Required(obj, "apiVersion", "add it, for example 'apiVersion: networking.istio.io/v1'"));
        if (obj.Text("kind") is not { Length: > 0 } name)
            return (null, Required(obj, "kind", "add it, for example 'kind: VirtualService'"));
        (string group, string version) = ResourceCatalog.SplitApiVersion(apiVersion);
        if (ResourceCatalog.ByKind(group, name) is not { } kind)
            return (null, Unknown(obj, group, apiVersion, name));
        if (!kind.Versions.Contains(version))
        {
            string served = string.Join(", ", kind.Versions.Select(kind.ApiVersion));
            return (null, Fault(obj, "apiVersion", $"{name} is not served as {apiVersion}", $"write {served}", "FieldValueNotSupported"));
        }
        return (kind, null);
    }

    private static Finding Unknown(MappingNode obj, string group, string apiVersion, string name)
    {
        ResourceKind? elsewhere = ResourceCatalog.All.FirstOrDefault(kind => kind.Kind == name);
        if (elsewhere is not null)
            return Fault(obj, "apiVersion", $"there is no kind {name} in {apiVersion}", $"did you mean {elsewhere.ApiVersion(elsewhere.Versions[0])}?", "FieldValueNotSupported");
        if (RetiredGroups.Advice(group) is { } advice)
            return Fault(obj, "apiVersion", $"{apiVersion} was retired by its own project", advice, "FieldValueNotSupported");
        string hint = NearMiss.Find(name, ResourceCatalog.All.Select(kind => kind.Kind)) is { } near
            ? $"did you mean {near}?"
            : "'tulle get --help' and 'kubectl api-resources' list the kinds that Tulle knows";
        return Fault(obj, "kind", $"Tulle does not know the kind {name} of {apiVersion}", hint, "FieldValueNotSupported");
    }

    private static Finding Required(MappingNode obj, string field, string remedy) =>
        new(Severity.Error, field, "every object needs this field", remedy, obj.Location, "FieldValueRequired");

    private static Finding Fault(MappingNode obj, string field, string message, string remedy, string reason) =>
        new(Severity.Error, field, message, remedy, obj.TryGet(field, out MappingEntry entry) ? entry.KeyLocation : obj.Location, reason);
}
