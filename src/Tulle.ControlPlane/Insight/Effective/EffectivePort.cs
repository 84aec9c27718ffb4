using Tulle.Model.Resources;
using Destination = Tulle.Protocol.Destination;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>What holds for one port of a service.</summary>
/// <param name="Port">The port.</param>
/// <param name="Compiled">What a client's proxy is told of it.</param>
internal sealed record EffectivePort(ServicePort Port, Destination Compiled);
