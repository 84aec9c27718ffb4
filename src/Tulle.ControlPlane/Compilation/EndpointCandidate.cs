using Tulle.Model.Resources;
using Endpoint = Tulle.Protocol.Endpoint;

namespace Tulle.ControlPlane.Compilation;

/// <summary>An endpoint, with what decides how a client ranks it.</summary>
/// <param name="Message">What the proxy is told; weight and priority are set in place.</param>
/// <param name="Locality">Where it is.</param>
/// <param name="Node">Name of its node; empty when not known.</param>
/// <param name="Labels">Labels of its pod; empty when it is none.</param>
internal sealed record EndpointCandidate(Endpoint Message, Locality Locality, string Node, IReadOnlyDictionary<string, string> Labels);
