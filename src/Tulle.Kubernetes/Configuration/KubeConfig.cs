using System.Text;
using Tulle.Model.Documents;

namespace Tulle.Kubernetes.Configuration;

/// <summary>
/// A kubeconfig file: clusters, users, and the contexts that pair them. Users that need a helper program
/// (<c>exec</c>, <c>auth-provider</c>) are refused with a message.
/// </summary>
public sealed class KubeConfig
{
    private readonly MappingNode _root;
    private readonly string _file;

    private KubeConfig(MappingNode root, string file)
    {
        _root = root;
        _file = file;
    }

    private static readonly MappingNode Empty = new(SourceLocation.None, []);

    /// <summary>The context used when none is asked for; null when the file names none.</summary>
    public string? CurrentContext => _root.Text("current-context") is { Length: > 0 } name ? name : null;

    /// <summary>Names of the contexts, in the file's order.</summary>
    public IReadOnlyList<string> Contexts =>
        [.. Entries("contexts").Select(entry => entry.Text("name") ?? "").Where(name => name.Length > 0)];

    /// <summary>Reads a kubeconfig file.</summary>
    /// <exception cref="KubeConfigException">It is missing, unreadable or no kubeconfig.</exception>
    public static KubeConfig Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"cannot read kubeconfig {path}: {error.Message}");
        }
    }

    /// <summary>Reads a kubeconfig's text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="file">Its file: named in errors; relative paths inside start from its folder.</param>
    /// <exception cref="KubeConfigException">It is no kubeconfig.</exception>
    public static KubeConfig Parse(string text, string file)
    {
        ReadResult read = DocumentReader.ReadYaml(text, file);
        if (read.HasErrors) throw new KubeConfigException(read.Findings[0].ToString());
        if (read.Documents is not [MappingNode root, ..])
            throw new KubeConfigException($"{file} is no kubeconfig: its top level is not a mapping; point to the file that kubectl uses");
        return new KubeConfig(root, file);
    }

    /// <summary>How to reach the cluster of a context, as its user.</summary>
    /// <param name="context">Null for the current context.</param>
    /// <param name="allowInsecure">Accepts <c>insecure-skip-tls-verify</c>, which is refused otherwise.</param>
    /// <exception cref="KubeConfigException">Something is missing or unusable; the message names it.</exception>
    public KubernetesOptions ToOptions(string? context = null, bool allowInsecure = false)
    {
        string name = context ?? CurrentContext
            ?? throw new KubeConfigException($"{_file} names no current-context; choose one of: {string.Join(", ", Contexts)}");
        MappingNode pair = Entry("contexts", "context", name);
        string clusterName = pair.Text("cluster") ?? throw new KubeConfigException($"{_file}: context \"{name}\" names no cluster");
        MappingNode cluster = Entry("clusters", "cluster", clusterName);
        MappingNode user = pair.Text("user") is { Length: > 0 } userName ? Entry("users", "user", userName) : Empty;

        bool insecure = cluster.Text("insecure-skip-tls-verify") == "true";
        if (insecure && !allowInsecure)
            throw new KubeConfigException($"{_file}: cluster \"{clusterName}\" has insecure-skip-tls-verify, which gives the token to anyone in between; put the server's CA into certificate-authority-data");
        foreach (string helper in (ReadOnlySpan<string>)["exec", "auth-provider"])
        {
            if (user[helper] is { IsNull: false })
                throw new KubeConfigException($"{_file}: user of context \"{name}\" needs {helper}, which tulle does not run; use a token or a client certificate");
        }

        return new KubernetesOptions
        {
            Server = Server(cluster, clusterName),
            CertificateAuthorityPem = Pem(cluster, "certificate-authority"),
            TlsServerName = cluster.Text("tls-server-name"),
            SkipTlsVerification = insecure,
            Proxy = cluster.Text("proxy-url") is { Length: > 0 } proxy ? new Uri(proxy) : null,
            Token = user.Text("token"),
            TokenFile = user.Text("tokenFile") is { Length: > 0 } tokenFile ? Resolve(tokenFile) : null,
            ClientCertificatePem = Pem(user, "client-certificate"),
            ClientKeyPem = Pem(user, "client-key"),
            Namespace = pair.Text("namespace") is { Length: > 0 } @namespace ? @namespace : "default",
        };
    }

    /// <summary>What a pod finds about its own cluster.</summary>
    /// <param name="host">Value of KUBERNETES_SERVICE_HOST.</param>
    /// <param name="port">Value of KUBERNETES_SERVICE_PORT.</param>
    /// <param name="folder">Where the service account is mounted.</param>
    /// <exception cref="KubeConfigException">The folder lacks the CA.</exception>
    public static KubernetesOptions InCluster(
        string host, string port, string folder = "/var/run/secrets/kubernetes.io/serviceaccount")
    {
        string ca = Path.Combine(folder, "ca.crt");
        string namespaceFile = Path.Combine(folder, "namespace");
        if (!File.Exists(ca)) throw new KubeConfigException($"{ca} is missing: the pod has no service-account token mounted");
        string address = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return new KubernetesOptions
        {
            Server = new Uri($"https://{address}:{port}"),
            CertificateAuthorityPem = File.ReadAllText(ca),
            TokenFile = Path.Combine(folder, "token"),
            Namespace = File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile).Trim() : "default",
        };
    }

    private MappingNode Entry(string list, string field, string name)
    {
        foreach (MappingNode entry in Entries(list))
        {
            if (entry.Text("name") == name) return entry[field] as MappingNode ?? Empty;
        }
        string known = string.Join(", ", Entries(list).Select(entry => entry.Text("name")));
        throw new KubeConfigException($"{_file} has no {field} \"{name}\"; it has: {(known.Length == 0 ? "none" : known)}");
    }

    private IEnumerable<MappingNode> Entries(string list) => (_root[list] as SequenceNode)?.Items.OfType<MappingNode>() ?? [];

    private Uri Server(MappingNode cluster, string name)
    {
        string text = cluster.Text("server") ?? "";
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? server) && server.Scheme is "https" or "http") return server!;
        throw new KubeConfigException($"{_file}: cluster \"{name}\" has server \"{text}\"; expected https://host:port");
    }

    private string? Pem(MappingNode entry, string field)
    {
        if (entry.Text($"{field}-data") is { Length: > 0 } data)
        {
            byte[] bytes = new byte[data.Length];
            if (!Convert.TryFromBase64String(data, bytes, out int length))
                throw new KubeConfigException($"{_file}: {field}-data is not base64");
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        if (entry.Text(field) is not { Length: > 0 } file) return null;
        try
        {
            return File.ReadAllText(Resolve(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{_file}: cannot read {field} {file}: {error.Message}");
        }
    }

    private string Resolve(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file)) ?? "", path);
}
