using Tulle.Cli.Resources;

namespace Tulle.Cli.Commands.Apply;

/// <summary>Objects that others refer to come first, whatever the order in the file; equals keep it.</summary>
internal static class ApplyOrder
{
    public static int Of(Manifest manifest) => manifest.Kind switch
    {
        "Namespace" => 0,
        "CustomResourceDefinition" => 1,
        "ServiceAccount" or "ConfigMap" or "Secret" => 2,
        "Service" or "Endpoints" or "EndpointSlice" or "ServiceEntry" or "WorkloadEntry" => 3,
        "Deployment" or "StatefulSet" or "DaemonSet" or "Pod" => 4,
        "DestinationRule" => 5,
        _ => 6,
    };
}
