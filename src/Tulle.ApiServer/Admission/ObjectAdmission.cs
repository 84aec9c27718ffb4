using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.Model.Admission;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;
using Tulle.Model.Validation;

namespace Tulle.ApiServer.Admission;

/// <summary>Decides whether an object may be stored, and brings it into the form in which it is.</summary>
internal sealed class ObjectAdmission
{
    private readonly List<IResourceReviewer> _reviewers;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private IResourceReviewer[] _active;

    public ObjectAdmission(IEnumerable<IResourceReviewer> reviewers, TimeProvider clock)
    {
        _clock = clock;
        _reviewers = [.. reviewers];
        _active = [.. _reviewers];
    }

    public void Add(IResourceReviewer reviewer)
    {
        lock (_lock)
        {
            _reviewers.Add(reviewer);
            Volatile.Write(ref _active, [.. _reviewers]);
        }
    }

    /// <summary>Checks that the body is of the kind that the path names, and fills in apiVersion and kind where they are missing.</summary>
    public static void CheckType(WriteScope scope, JsonObject value)
    {
        string apiVersion = value.Text("apiVersion") ?? scope.ApiVersion;
        string kind = value.Text("kind") ?? scope.Kind.Kind;
        if (apiVersion != scope.ApiVersion)
            throw ApiErrors.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({scope.ApiVersion})");
        if (kind != scope.Kind.Kind) throw ApiErrors.BadRequest($"the kind in the data ({kind}) does not match the expected kind ({scope.Kind.Kind})");
        value["apiVersion"] = apiVersion;
        value["kind"] = kind;
        if (value.ContainsKey("metadata") && value["metadata"] is not JsonObject)
            throw ApiErrors.BadRequest("metadata is not a mapping; write name and namespace under it");
    }

    /// <summary>Prunes, defaults and checks an object that is to be stored.</summary>
    /// <param name="scope">What is written.</param>
    /// <param name="value">The object as its author wrote it.</param>
    /// <param name="old">The object it replaces; null on create.</param>
    /// <returns>The object to store.</returns>
    public async Task<JsonObject> AdmitAsync(WriteScope scope, JsonObject value, JsonObject? old)
    {
        ResourceKind kind = scope.Kind with { Schema = scope.Resource.SchemaOf(scope.Version) };
        var causes = new List<Cause>();
        CheckFields(scope, kind, JsonNodes.FromJson(value), causes);
        // Kinds that accept snake case are stored in the one spelling that patches and clients expect.
        if (kind.AcceptsSnakeCase) value = JsonNodes.ToJson(FieldNames.Normalize(kind, JsonNodes.FromJson(value)));
        FieldPruner.Prune(value, kind.Schema with { Fields = [.. ObjectMetaSchema.Fields, .. kind.Schema.Fields] });
        KindRules rules = CoreRules.For(kind, _clock);
        rules.Default(value, old);
        // Rules about values of the wrong form would only repeat what was said.
        if (causes.Count == 0)
        {
            MappingNode node = JsonNodes.FromJson(value);
            Take(ResourceReview.CheckRules(kind, node), scope, causes);
            rules.Validate(value, old, causes);
            foreach (string warning in rules.Warnings(value)) scope.Warn(warning);
            if (scope.Subresource is null && causes.Count == 0)
            {
                foreach (IResourceReviewer reviewer in Volatile.Read(ref _active)) Take(await reviewer.ReviewAsync(kind, node), scope, causes);
            }
        }
        if (causes.Count > 0) throw ApiErrors.Invalid(kind, value.Name(), causes);
        return value;
    }

    private static void CheckFields(WriteScope scope, ResourceKind kind, MappingNode node, List<Cause> causes)
    {
        UnknownFields unknown = scope.Validation switch
        {
            FieldValidation.Strict => UnknownFields.Error,
            FieldValidation.Warn => UnknownFields.Warn,
            _ => UnknownFields.Ignore,
        };
        IReadOnlyList<Finding> findings = SchemaCheck.Check(kind, node, unknown);
        Finding[] strange = [.. findings.Where(finding => finding.Severity == Severity.Error && finding.Reason == "FieldValueUnknown")];
        if (strange.Length > 0)
        {
            throw ApiErrors.BadRequest(
                $"{kind.Kind} in version \"{scope.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: "
                + string.Join(", ", strange.Select(finding => $"unknown field \"{finding.Field}\"" + (finding.Remedy.Length == 0 ? "" : $" ({finding.Remedy})"))));
        }
        Take(findings, scope, causes);
    }

    private static void Take(IReadOnlyList<Finding> findings, WriteScope scope, List<Cause> causes)
    {
        foreach (Finding finding in findings)
        {
            if (finding.Severity == Severity.Error) causes.Add(CauseOf(finding));
            else scope.Warn(finding.Reason == "FieldValueUnknown" ? $"unknown field \"{finding.Field}\"" : finding.ToString());
        }
    }

    private static Cause CauseOf(Finding finding)
    {
        string remedy = finding.Remedy.Length == 0 ? "" : $"; {finding.Remedy}";
        string prefix = finding.Reason switch
        {
            "FieldValueRequired" => "Required value: ",
            "FieldValueNotSupported" => "Unsupported value: ",
            "FieldValueDuplicate" => "Duplicate value: ",
            "FieldValueForbidden" => "Forbidden: ",
            _ => "Invalid value: ",
        };
        return new Cause(finding.Reason, finding.Field, $"{prefix}{finding.Message}{remedy}");
    }
}
