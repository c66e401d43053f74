using Xunit;

// Each system is nine processes: two at a time only take each other's processor.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
