using System.Security.Authentication;
using Tulle.Kubernetes;

namespace Tulle.Cli;

/// <summary>What a person can do about an API that does not answer, or does not let one in.</summary>
internal static class ApiTrouble
{
    private const string Kubeconfig = "use the kubeconfig of the mesh that runs now ('tulle kubeconfig' names that of this machine's)";

    /// <param name="error">What happened.</param>
    /// <param name="otherwise">What to do where nothing more particular is known.</param>
    public static string Remedy(ApiUnreachableException error, string otherwise = "start a mesh with 'tulle up', or run 'tulle check' to see what is wrong")
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException) return $"the kubeconfig is of another mesh, or of an earlier one at this address; {Kubeconfig}";
            if (cause is OperationCanceledException) return "something is there that does not answer: stopped, or overloaded; 'tulle check' says more";
        }
        return otherwise;
    }

    /// <summary>Empty where the message says enough.</summary>
    public static string Remedy(ApiStatusException error) => error.Code switch
    {
        401 => $"the token of the kubeconfig is not, or no more, one of this mesh; {Kubeconfig}",
        403 => "the kubeconfig's user may not do that; ask for the right, or use another --context",
        _ => "",
    };
}
