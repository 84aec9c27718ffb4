using System.Text.Json.Nodes;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Hosting;

/// <summary>The namespaces that are there from the start.</summary>
internal static class Seed
{
    private static readonly string[] Namespaces = ["default", "kube-system", "tulle-system"];

    public static async Task EnsureAsync(ObjectStore store, ResourceRegistry registry, ObjectWriter writer)
    {
        var scope = new WriteScope(registry.Find("", "namespaces")!, "v1", null);
        foreach (string name in Namespaces)
        {
            if (store.Get(scope.Key(name)) is not null) continue;
            await writer.CreateAsync(scope, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        }
    }
}
