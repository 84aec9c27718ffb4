using System.Runtime.CompilerServices;

namespace Tulle.ApiServer.Tests.Testing;

/// <summary>
/// The test program as a server to be killed: with this variable in its environment it serves the database that it names instead of
/// running tests.
/// </summary>
internal static class CrashChild
{
    public const string Variable = "TULLE_TEST_SERVE";

    // Synchronous on purpose: other threads that touch this assembly wait until its initializer has ended, which it never does.
    [ModuleInitializer]
    internal static void ServeIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path) return;
        KubernetesApiServer server = KubernetesApiServer.StartAsync(new ApiServerOptions
        {
            DatabasePath = path,
            AdminToken = ApiHost.AdminToken,
        }).GetAwaiter().GetResult();
        Console.WriteLine(server.Url);
        Console.WriteLine(Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(server.CaPem)));
        Console.Out.Flush();
        Thread.Sleep(Timeout.Infinite);
    }
}
