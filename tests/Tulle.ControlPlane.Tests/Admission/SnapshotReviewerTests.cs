using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;

namespace Tulle.ControlPlane.Tests.Admission;

public sealed class SnapshotReviewerTests
{
    private const string Route =
        "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: users, namespace: default}, "
        + "spec: {hosts: [users], http: [{route: [{destination: {host: users, subset: v1}}]}]}}";

    [Fact]
    public async Task Review_SubsetNowhere_IsSaid()
    {
        await using TestMesh mesh = await MeshWithUsersAsync();
        Finding finding = Assert.Single(await ReviewAsync(mesh));
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Equal("spec.http[0].route[0].destination.subset", finding.Field);
    }

    [Fact]
    public async Task Review_SubsetWrittenAMomentAgo_SaysNothing()
    {
        await using TestMesh mesh = await MeshWithUsersAsync();
        await mesh.ApplyAsync(
            "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: users}, "
            + "spec: {host: users, subsets: [{name: v1, labels: {app: users}}]}}");
        Assert.Empty(await ReviewAsync(mesh));
    }

    private static async Task<TestMesh> MeshWithUsersAsync()
    {
        TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.SeenAsync("deployments/users");
        return mesh;
    }

    private static async Task<IReadOnlyList<Finding>> ReviewAsync(TestMesh mesh)
    {
        MappingNode route = Assert.Single(DocumentReader.ReadObjects(Route, "test.yaml").Item1);
        return await mesh.ControlPlane.Reviewer.ReviewAsync(ResourceCatalog.ByKind("networking.istio.io", "VirtualService")!, route);
    }
}
