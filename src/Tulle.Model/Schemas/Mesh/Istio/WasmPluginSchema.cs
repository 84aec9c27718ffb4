using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>WasmPlugin: extensions of Envoy, which cannot run here.</summary>
internal static class WasmPluginSchema
{
    private static readonly Schema s_spec = Shape.Object("A WebAssembly extension of Envoy.",
        IstioKinds.WorkloadSelector("selector", "Workloads that it applies to; all of the namespace by default."),
        IstioKinds.TargetRef,
        IstioKinds.TargetRefs,
        Text("url", "Where the module is: oci://, https:// or file://.").Required(),
        Text("sha256", "Checksum of the module."),
        Choice("imagePullPolicy", "When the module is fetched.", "UNSPECIFIED_POLICY", "IfNotPresent", "Always"),
        Text("imagePullSecret", "Secret for the registry."),
        Text("verificationKey", "Key that the module is signed with."),
        Any("pluginConfig", "Configuration of the plugin."),
        Text("pluginName", "Name of the plugin."),
        Choice("phase", "Where in the filter chain it stands.", "UNSPECIFIED_PHASE", "AUTHN", "AUTHZ", "STATS"),
        Choice("failStrategy", "What happens when it fails.", "FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD"),
        new Field("priority", new Schema { Type = SchemaType.IntegerOrString, Description = "Order within the phase." }),
        Object("vmConfig", "The module's environment.", List("env", "Variables.", Shape.Object("A variable.",
            Text("name", "Its name."),
            Choice("valueFrom", "Where the value comes from.", "INLINE", "HOST"),
            Text("value", "Its value.")))),
        List("match", "Traffic that it applies to.", Shape.Object("A condition.",
            Choice("mode", "Direction.", "UNDEFINED", "CLIENT", "SERVER", "CLIENT_AND_SERVER"),
            List("ports", "Ports.", Shape.Object("A port.", Port("number", "Port number.").Required())))),
        Choice("type", "Kind of filter.", "UNSPECIFIED_PLUGIN_TYPE", "HTTP", "NETWORK"));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet("extensions.istio.io", ["v1alpha1"], "WasmPlugin", "wasmplugins", "",
            Shape.Resource("A WebAssembly extension of Envoy.", s_spec, status: IstioKinds.Status))
        with { Effect = Effect.NotHere };
}
