namespace Tulle.ApiServer.Patching;

/// <summary>A patch that cannot be applied to the object.</summary>
internal sealed class PatchException(string message) : Exception(message);
