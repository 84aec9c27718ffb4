namespace Tulle.Proxy.Routing;

/// <summary>Something that must hold for a path before a condition can match.</summary>
/// <param name="Text">The path, or how it must start.</param>
/// <param name="IsExact">The text is the whole path.</param>
internal readonly record struct PathRequirement(byte[] Text, bool IsExact);
