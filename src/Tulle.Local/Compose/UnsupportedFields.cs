namespace Tulle.Local.Compose;

/// <summary>Why a field of the Compose specification has no place in a mesh of processes, and what to write instead.</summary>
internal static class UnsupportedFields
{
    private static readonly Dictionary<string, (string Why, string Remedy)> Service = new(StringComparer.Ordinal)
    {
        ["image"] = ("a service runs as a process of this machine, not in a container", "write 'command:' with the program to run"),
        ["build"] = ("a service runs as a process of this machine, not in a container", "build the program yourself and write 'command:' to run it"),
        ["networks"] = ("every service of the mesh reaches every other by name", "remove it; an AuthorizationPolicy limits who may call whom"),
        ["volumes"] = ("a process sees this machine's file system", "remove it and use paths of this machine, with 'working_dir:' if need be"),
        ["expose"] = ("only 'ports' makes a port of the service", "write 'ports: [\"80\"]', which publishes nothing outside the mesh"),
        ["entrypoint"] = ("there is no image whose entry point it could replace", "write the whole command line in 'command:'"),
        ["restart"] = ("what ends is always restarted, with back-off", "remove it"),
        ["env_file"] = ("variables are read from 'environment' only", "write them in 'environment:', or export them and write ${NAME}"),
        ["container_name"] = ("there is no container", "remove it; 'tulle logs' takes the service's name"),
        ["hostname"] = ("a process has this machine's host name", "remove it; the service's own name is how others reach it"),
        ["user"] = ("a process runs as the user who runs tulle", "remove it, or write 'command: setpriv --reuid … PROGRAM'"),
        ["scale"] = ("the number of replicas stands in 'deploy.replicas'", "write 'deploy: { replicas: N }'"),
        ["links"] = ("every service reaches every other by name", "remove it"),
        ["extends"] = ("services are not inherited", "use a YAML anchor and '<<: *anchor'"),
        ["profiles"] = ("every service of the file runs", "remove it, or keep such services in a file of their own"),
        ["privileged"] = ("a process has the rights of the user who runs tulle", "remove it"),
    };

    private static readonly Dictionary<string, (string Why, string Remedy)> File = new(StringComparer.Ordinal)
    {
        ["networks"] = Service["networks"],
        ["volumes"] = Service["volumes"],
        ["secrets"] = ("a process reads files of this machine", "remove it and give the path in 'environment:'"),
        ["configs"] = ("a process reads files of this machine", "remove it and give the path in 'environment:'"),
        ["include"] = ("one file describes the mesh", "copy the services into this file"),
    };

    public static (string Why, string Remedy)? OfService(string field) => Service.TryGetValue(field, out var found) ? found : null;

    public static (string Why, string Remedy)? OfFile(string field) => File.TryGetValue(field, out var found) ? found : null;
}
