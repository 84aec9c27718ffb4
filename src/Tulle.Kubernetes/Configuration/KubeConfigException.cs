namespace Tulle.Kubernetes.Configuration;

/// <summary>A kubeconfig cannot be used: which file, what is wrong, what to do.</summary>
public sealed class KubeConfigException(string message) : Exception(message);
