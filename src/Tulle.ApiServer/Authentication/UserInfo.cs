namespace Tulle.ApiServer.Authentication;

/// <summary>Who sent a request.</summary>
/// <param name="Name">Username, such as <c>system:serviceaccount:shop:users</c>.</param>
/// <param name="Uid">UID of the service account; empty for others.</param>
/// <param name="Groups">Groups the user is in.</param>
/// <param name="Extra">What else the credential says, such as the pod it is bound to.</param>
internal sealed record UserInfo(
    string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, string> Extra)
{
    public static readonly UserInfo Admin = new("kubernetes-admin", "", ["system:masters", "system:authenticated"], NoExtra);

    public static readonly UserInfo Anonymous = new("system:anonymous", "", ["system:unauthenticated"], NoExtra);

    private static Dictionary<string, string> NoExtra => [];
}
