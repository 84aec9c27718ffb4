using System.Text;

namespace Tulle.Local.Hosting;

/// <summary>The kubeconfig of a one-machine mesh.</summary>
internal static class KubeconfigFile
{
    public static void Write(MeshHome home, string server, string caPem, string token) =>
        PrivateFiles.Write(home.Kubeconfig, Encoding.UTF8.GetBytes($"""
            apiVersion: v1
            kind: Config
            current-context: tulle
            clusters:
            - name: tulle
              cluster:
                server: {server.TrimEnd('/')}
                certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(caPem))}
            contexts:
            - name: tulle
              context:
                cluster: tulle
                namespace: default
                user: tulle
            users:
            - name: tulle
              user:
                token: {token}

            """));
}
