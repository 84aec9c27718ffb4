namespace Tulle.ControlPlane.Tests.Hosting;

/// <summary>Tests that weigh the process's memory: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(MemoryCollection), DisableParallelization = true)]
public sealed class MemoryCollection;
