using Xunit;

// Each class starts a whole system; more than two at once only slow each other down.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
