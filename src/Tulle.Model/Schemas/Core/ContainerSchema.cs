using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

internal static class ContainerSchema
{
    private static readonly Schema EnvironmentVariable = Shape.Object("A variable.",
        Text("name", "Its name.").Required(),
        Text("value", "Its value; $(NAME) stands for another variable."),
        Object("valueFrom", "Where the value comes from, when not from value.",
            Object("fieldRef", "A field of the pod.", Text("apiVersion", "Version of the path."), Text("fieldPath", "The field, such as metadata.name.").Required()),
            Object("configMapKeyRef", "An entry of a ConfigMap.", Text("name", "The ConfigMap."), Text("key", "The entry.").Required(), Flag("optional", "Whether it may be missing.")),
            Object("secretKeyRef", "An entry of a Secret.", Text("name", "The Secret."), Text("key", "The entry.").Required(), Flag("optional", "Whether it may be missing.")),
            Any("resourceFieldRef", "A resource limit or request of the container.")));

    private static readonly Schema Probe = Shape.Object("How the container's health is found.",
        Object("httpGet", "A request that must be answered with 2xx or 3xx.",
            FieldShapes.IntegerOrString("port", "Port, by number or name.").Required(),
            Text("path", "Path of the request."),
            Text("host", "Host to connect to; the pod when left out."),
            Text("scheme", "HTTP or HTTPS."),
            List("httpHeaders", "Headers of the request.", Shape.Object("A header.", Text("name", "Its name.").Required(), Text("value", "Its value.").Required()))),
        Object("tcpSocket", "A port that must take connections.", FieldShapes.IntegerOrString("port", "Port, by number or name.").Required(), Text("host", "Host.")),
        Object("exec", "A command that must end with 0.", Texts("command", "Program and arguments.")),
        Object("grpc", "The gRPC health service must say SERVING.", FieldShapes.Port("port", "Port.").Required(), Text("service", "Which service to ask about.")),
        Count("initialDelaySeconds", "Seconds after the start before the first probe."),
        Count("periodSeconds", "Seconds between probes; 10 when left out."),
        Count("timeoutSeconds", "Seconds a probe may take; 1 when left out."),
        Count("successThreshold", "Successes in a row to be healthy; 1 when left out."),
        Count("failureThreshold", "Failures in a row to be unhealthy; 3 when left out."),
        Count("terminationGracePeriodSeconds", "Seconds the container has to end after the probe failed."));

    private static readonly Schema Port = Shape.Object("A port on which the container listens.",
        FieldShapes.Port("containerPort", "The port.").Required(),
        Text("name", "Its name, by which a service may refer to it."),
        Choice("protocol", "TCP unless it says otherwise.", "TCP", "UDP", "SCTP"),
        Integer("hostPort", "Port of the node that leads to it.", 0, 65535),
        Text("hostIP", "Address of the node to bind."));

    public static readonly Schema Container = Shape.Object("A program of the pod.",
        Text("name", "Its name, unique in the pod.").Required(),
        Text("image", "Image of the program."),
        Texts("command", "Program, in place of the image's entry point."),
        Texts("args", "Arguments."),
        Text("workingDir", "Working directory."),
        Keyed("ports", "containerPort", "Ports on which it listens.", Port),
        Keyed("env", "name", "Environment variables.", EnvironmentVariable),
        List("envFrom", "ConfigMaps and Secrets whose entries become environment variables.", Shape.Any()),
        Object("resources", "Compute resources.",
            CoreShapes.Resources("limits", "The most it may use."),
            CoreShapes.Resources("requests", "What it is given at least."),
            List("claims", "Claims it uses.", Shape.Any())),
        Keyed("volumeMounts", "mountPath", "Where volumes are mounted.", Shape.Object("A mount.",
            Text("name", "The volume.").Required(),
            Text("mountPath", "Where it appears.").Required(),
            Text("subPath", "Part of the volume."),
            Text("subPathExpr", "Part of the volume, with variables."),
            Flag("readOnly", "Whether it cannot be written."),
            Text("recursiveReadOnly", "Whether mounts below are read-only too."),
            Text("mountPropagation", "How mounts propagate."))),
        List("volumeDevices", "Block devices.", Shape.Any()),
        Of("livenessProbe", Probe, "When it fails, the container is restarted."),
        Of("readinessProbe", Probe, "While it fails, the pod gets no traffic."),
        Of("startupProbe", Probe, "Until it succeeds, the other probes wait."),
        Any("lifecycle", "What is done after the start and before the end."),
        Choice("restartPolicy", "For init containers: Always makes it a sidecar.", "Always", "OnFailure", "Never"),
        Choice("imagePullPolicy", "When the image is fetched.", "Always", "IfNotPresent", "Never"),
        Any("securityContext", "User, capabilities and other rights."),
        Any("resizePolicy", "How it is resized."),
        Text("terminationMessagePath", "File with its last words."),
        Text("terminationMessagePolicy", "Where its last words come from."),
        Flag("stdin", "Whether it has standard input."),
        Flag("stdinOnce", "Whether standard input closes after the first session."),
        Flag("tty", "Whether it has a terminal."));

    private static readonly Field Ended = Object("terminated", "It has ended.",
        Integer("exitCode", "Its exit code."), Integer("signal", "The signal that ended it."), Text("reason", "One word."), Text("message", "For a person."),
        Time("startedAt", "When it began."), Time("finishedAt", "When it ended."), Text("containerID", "Its identity."));

    private static readonly Schema State = Shape.Object("One of waiting, running and terminated.",
        Object("waiting", "It is not running yet.", Text("reason", "One word."), Text("message", "For a person.")),
        Object("running", "It runs.", Time("startedAt", "Since when.")),
        Ended);

    public static readonly Schema Status = Shape.Object("How one container is.",
        Text("name", "The container.").Required(),
        Of("state", State, "How it is now."),
        Of("lastState", State, "How its last run was."),
        Flag("ready", "Whether its readiness probe succeeds."),
        Flag("started", "Whether its startup probe succeeded."),
        Count("restartCount", "How often it was restarted."),
        Text("image", "Its image."),
        Text("imageID", "Identity of the image."),
        Text("containerID", "Its identity, such as process://1234.")) with { PreserveUnknown = true };
}
