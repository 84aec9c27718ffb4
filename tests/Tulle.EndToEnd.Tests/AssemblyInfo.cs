using Xunit.Sdk;
using Xunit.v3;

// Scenarios load the machine and measure time: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
