using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;

namespace Tulle.ApiServer.Authentication;

/// <summary>Finds who a bearer token belongs to: the holder of the kubeconfig, or a service account.</summary>
internal sealed class Authenticator(string adminToken, ServiceAccountTokens tokens)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _adminToken = SHA256.HashData(Encoding.UTF8.GetBytes(adminToken));

    /// <returns>The user; <see cref="UserInfo.Anonymous"/> without a token.</returns>
    /// <exception cref="ApiException">401: the token is none of ours, or no longer valid.</exception>
    public UserInfo Authenticate(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        if (header.Length == 0) return UserInfo.Anonymous;
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) throw ApiErrors.Unauthorized();
        string token = header[Scheme.Length..].Trim();
        // Digests have one length, so the comparison takes the same time whatever was sent.
        if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), _adminToken)) return UserInfo.Admin;
        return tokens.Verify(token, ServiceAccountTokens.ApiAudiences, out _) ?? throw ApiErrors.Unauthorized();
    }
}
