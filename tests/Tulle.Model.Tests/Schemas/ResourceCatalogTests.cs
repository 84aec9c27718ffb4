using Tulle.Model.Schemas;
using Tulle.Model.Schemas.Mesh;

namespace Tulle.Model.Tests.Schemas;

public sealed class ResourceCatalogTests
{
    [Theory]
    [InlineData("vs", "VirtualService")]
    [InlineData("virtualservice", "VirtualService")]
    [InlineData("VirtualServices", "VirtualService")]
    [InlineData("gateways.networking.istio.io", "Gateway")]
    [InlineData("ts", "TrafficSplit")]
    public void ByName_WhatPeopleType_FindsTheKind(string name, string kind)
    {
        Assert.Equal(kind, Assert.Single(ResourceCatalog.ByName(name)).Kind);
    }

    [Fact]
    public void ByName_SharedByGroups_FindsAll()
    {
        Assert.Equal(["gateway.networking.k8s.io", "networking.istio.io"], ResourceCatalog.ByName("gateways").Select(kind => kind.Group).Order());
    }

    [Fact]
    public void ByKind_And_ByPlural_FindEveryKind()
    {
        foreach (ResourceKind kind in ResourceCatalog.All)
        {
            Assert.Same(kind, ResourceCatalog.ByKind(kind.Group, kind.Kind));
            Assert.Same(kind, ResourceCatalog.ByPlural(kind.Group, kind.Plural));
        }
    }

    [Fact]
    public void All_MeshSchemas_DescribeEveryFieldOnce()
    {
        foreach (ResourceKind kind in MeshKinds.All)
            CheckDescriptions(kind.Schema, kind.Kind);
    }

    private static void CheckDescriptions(Schema schema, string path)
    {
        Assert.Equal(schema.Fields.Select(field => field.Name).Distinct(), schema.Fields.Select(field => field.Name));
        foreach (Field field in schema.Fields)
        {
            Assert.True(field.Schema.Description.Length > 0, $"{path}.{field.Name} has no description");
            CheckDescriptions(field.Schema, $"{path}.{field.Name}");
        }
        if (schema.Items is not null)
            CheckDescriptions(schema.Items, path);
    }
}
