namespace Tulle.ApiServer.Tests.Testing;

/// <summary>Objects and paths that tests use.</summary>
internal static class Samples
{
    public const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    public const string Services = "/api/v1/namespaces/default/services";

    public const string Pods = "/api/v1/namespaces/default/pods";

    public const string MergePatch = "application/merge-patch+json";

    public static string ConfigMap(string name, string value = "1", string labels = "{}") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},"data":{"value":"{{{value}}}"}}""";

    public static string Pod(string name, string account = "default") =>
        $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{"serviceAccountName":"{{{account}}}","containers":[{"name":"app","image":"process"}]}}""";

    public static string Deployment(string name) => $$$$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{{{name}}}}}"},
         "spec":{"replicas":2,"selector":{"matchLabels":{"app":"a"}},
                 "template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"app","image":"process"}]}}}}
        """;

    public const string CronTabDefinition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: crontabs.stable.example.com
        spec:
          group: stable.example.com
          scope: Namespaced
          names: {plural: crontabs, kind: CronTab, shortNames: [ct]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            additionalPrinterColumns:
            - {name: Spec, type: string, jsonPath: .spec.cronSpec}
            - {name: Replicas, type: integer, jsonPath: .spec.replicas}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    required: [cronSpec]
                    properties:
                      cronSpec: {type: string, description: When it runs.}
                      replicas: {type: integer, minimum: 1, maximum: 10}
                      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                  status:
                    type: object
                    properties:
                      runs: {type: integer}
        """;

    public const string CronTab = """
        {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"ct"},
         "spec":{"cronSpec":"* * *","replicas":3,"free":{"a":{"b":1}}}}
        """;
}
