using System.Diagnostics;
using ShTP.Checker.Sandboxing;
using ShTP.Localization;

namespace ShTP.Checker.Judging;

/// <summary>Judges submissions: compiles each once and runs it in a new sandbox for every test.</summary>
internal sealed class Judge(Sandbox sandbox, Toolchain toolchain)
{
    // Limit for all tests of a submission: a program that sleeps in each of a hundred would block the worker for long.
    // A program that computes within its limit gets more wall time, because it waits for a busy processor.
    private static readonly TimeSpan MaxTesting = TimeSpan.FromSeconds(60);
    private const int TestingPerProcessorTime = 4;

    public Sandbox Sandbox => sandbox;

    public Toolchain Toolchain => toolchain;

    public SandboxHost Host => sandbox.Host;

    /// <summary>Judges one submission; concurrent calls are allowed.</summary>
    /// <exception cref="FaultyTaskException">The task's own data is wrong.</exception>
    /// <exception cref="SandboxException">The sandbox failed; the submission was not judged.</exception>
    public async Task<JudgeResult> JudgeAsync(JudgeTask task, CancellationToken cancellationToken = default)
    {
        var tests = task.Tests.Select(test => PreparedTest.Create(test, task)).ToArray();
        if (SourceText.FindFault(task.Source) is { } fault)
            return new JudgeResult(Verdict.CompileError, fault, []);

        var job = sandbox.Host.Folder.CreateJob();
        try
        {
            var program = await CompileAsync(task, job.FullName, cancellationToken);
            if (program.Command is null)
                return new JudgeResult(Verdict.CompileError, program.Message, []);

            var results = new List<TestOutcome>();
            var clock = Stopwatch.StartNew();
            var limit = MaxTesting;
            foreach (var test in tests)
            {
                if (clock.Elapsed > limit)
                {
                    results.Add(new TestOutcome(Verdict.NotRun, TimeSpan.Zero, 0, "not run: the tests before it took too long"));
                    continue;
                }

                var input = Path.Join(job.FullName, "input");
                await File.WriteAllBytesAsync(input, test.Input, cancellationToken);
                var run = await sandbox.RunAsync(program.Command with { InputPath = input, Limits = Limits(task) }, cancellationToken);
                results.Add(TestVerdict.Decide(run, test));
                if (run.Limit == SandboxLimit.None)
                    limit += run.CpuTime * TestingPerProcessorTime;
            }

            var verdict = results.Select(result => result.Verdict).FirstOrDefault(verdict => verdict != Verdict.Accepted, Verdict.Accepted);
            return new JudgeResult(verdict, null, results);
        }
        finally
        {
            job.Delete(recursive: true);
        }
    }

    // Wall time limits programs that wait. One that computes must be able to use its processor time on a busy machine.
    private static SandboxLimits Limits(JudgeTask task) =>
        new(task.TimeLimit, task.TimeLimit * 5 + TimeSpan.FromSeconds(2), task.MemoryMebibytes * SandboxLimits.Mebibyte);

    private async Task<(SandboxCommand? Command, LocalizedText? Message)> CompileAsync(JudgeTask task, string job, CancellationToken cancellationToken)
    {
        var source = Path.Join(job, "source");
        var text = SourceText.WithoutMark(task.Source);
        if (task.Language == Language.Python)
        {
            await File.WriteAllBytesAsync(source, text, cancellationToken);
            var check = await sandbox.RunAsync(toolchain.CheckPython(source), cancellationToken);
            if (!check.Succeeded)
                return (null, Explain(check));
            var run = task.Function is { } called ? toolchain.RunPythonFunction(called) : toolchain.RunPythonProgram();
            return (run with { Files = [new SandboxFile(source, "/box/main.py")] }, null);
        }

        SandboxResult? failed = null;
        foreach (var way in task.Function is { } function ? FunctionHarness.WrapCpp(function, text) : [text])
        {
            await File.WriteAllBytesAsync(source, way, cancellationToken);
            var compiled = await sandbox.RunAsync(toolchain.CompileCpp(source, task.Function is not null), cancellationToken);
            if (compiled.Succeeded)
            {
                var program = Path.Join(job, "program");
                await File.WriteAllBytesAsync(program, compiled.Output, cancellationToken);
                return (new SandboxCommand(["/box/program"], [], Limits(task)) { Files = [new SandboxFile(program, "/box/program")] }, null);
            }

            // The error of the first variant is closest to the student's code. A timeout would happen in every variant.
            failed ??= compiled;
            if (compiled.Limit != SandboxLimit.None)
                break;
        }

        return (null, Explain(failed!));
    }

    private static LocalizedText Explain(SandboxResult compiled) => compiled.Limit switch
    {
        SandboxLimit.CpuTime or SandboxLimit.WallTime => "Compiling takes too long.",
        SandboxLimit.Memory => "Compiling needs too much memory.",
        SandboxLimit.Output => "The compiled program or the compiler's messages are too long.",
        _ when CompilerMessage.Clean(compiled.Error) is { Length: > 0 } message => LocalizedText.Verbatim(message),
        _ => "The compiler failed.",
    };
}
