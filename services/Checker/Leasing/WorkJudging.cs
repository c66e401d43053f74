using System.Text;
using ShTP.Assignments.V1;
using ShTP.Checker.Judging;
using ShTP.Checker.Repositories;
using ShTP.Functions;
using ShTP.Localization;

namespace ShTP.Checker.Leasing;

/// <summary>Judges one work: a submission, or the submissions of one repository, which is fetched once.</summary>
internal sealed class WorkJudging(RepositoryFetch repositories)
{
    /// <exception cref="Sandboxing.SandboxException">The sandbox failed and there is no verdict.</exception>
    public async Task<CompleteWorkRequest> JudgeAsync(Judge judge, Work work, CancellationToken cancellationToken)
    {
        var results = new CompleteWorkRequest { LeaseId = work.LeaseId };
        if (work.OriginCase != Work.OriginOneofCase.Repository)
        {
            foreach (var task in work.Tasks)
                results.Results.Add(await JudgeAsync(judge, task, work.Language, Encoding.UTF8.GetBytes(work.Source), cancellationToken));
            return results;
        }

        var job = judge.Host.Folder.CreateJob();
        try
        {
            var fetched = await repositories.FetchAsync(work.Repository, Path.Join(job.FullName, "repository"), cancellationToken);
            results.CommitId = fetched.Commit;
            foreach (var task in work.Tasks)
                results.Results.Add(await JudgeFileAsync(judge, task, work.Language, fetched.Folder, cancellationToken));
        }
        catch (RepositoryRefusedException refused)
        {
            results.Results.Add(work.Tasks.Select(task => Refuse(task, refused.Reason)));
        }
        finally
        {
            job.Delete(recursive: true);
        }

        return results;
    }

    private static async Task<TaskResult> JudgeFileAsync(Judge judge, WorkTask task, Language language, string folder, CancellationToken cancellationToken)
    {
        FileInfo file;
        try
        {
            file = RepositoryFiles.Find(folder, task.FileName + (language == Language.Python ? ".py" : ".cpp"));
        }
        catch (RepositoryRefusedException refused)
        {
            return Refuse(task, refused.Reason);
        }

        if (file.Length > SourceText.MaxBytes)
            return Refuse(task, $"{file.Name} is longer than {SourceText.MaxBytes / 1024} KiB.");
        var source = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        var result = await JudgeAsync(judge, task, language, source, cancellationToken);
        if (SourceText.FindFault(source) is null)
            result.Source = Encoding.UTF8.GetString(source);
        return result;
    }

    private static async Task<TaskResult> JudgeAsync(Judge judge, WorkTask work, Language language, byte[] source, CancellationToken cancellationToken)
    {
        JudgeResult judged;
        try
        {
            judged = await judge.JudgeAsync(ToTask(work, language, source), cancellationToken);
        }
        catch (FaultyTaskException faulty)
        {
            return Refuse(work, $"The task itself is wrong, tell your teacher: {faulty.Reason}");
        }

        var result = new TaskResult { SubmitId = work.SubmitId };
        if (judged.Message is not null)
            result.Message = LocalizedText.OfSchool(judged.Message);
        result.Tests.Add(judged.Verdict == Verdict.CompileError
            ? work.Tests.Select(test => new TestResult { Verdict = Verdict.CompileError, Demo = test.Demo })
            : judged.Tests.Zip(work.Tests, ToProto));
        return result;
    }

    private static JudgeTask ToTask(WorkTask work, Language language, byte[] source) =>
        new(language, source, [.. work.Tests.Select(test => new JudgeTest(test.Input, test.Output, test.Demo))])
        {
            TimeLimit = TimeSpan.FromSeconds(work.TimeLimit),
            MemoryMebibytes = work.MemoryLimit,
            Function = work.HasFunctionName ? ReadFunction(work) : null,
            Checker = work.Checker,
            Tolerance = work.HasTolerance ? work.Tolerance : FunctionValues.DefaultTolerance,
        };

    private static FunctionSignature ReadFunction(WorkTask work) =>
        FunctionSignature.TryParse(work.FunctionName, work.InputTypes, work.OutputTypes, out var faults)
        ?? throw new FaultyTaskException(faults.Select(fault => (LocalizedText)$"{fault.Field}: {fault.Detail}").Aggregate((all, next) => $"{all}; {next}"));

    private static TestResult ToProto(TestOutcome outcome, WorkTest test)
    {
        var message = new TestResult
        {
            Verdict = outcome.Verdict,
            Duration = (int)outcome.Duration.TotalMilliseconds,
            Memory = outcome.MemoryKibibytes,
            Demo = test.Demo,
        };
        if (outcome.Info is not null)
            message.Error = LocalizedText.OfSchool(outcome.Info);
        return message;
    }

    private static TaskResult Refuse(WorkTask task, LocalizedText reason) => new()
    {
        SubmitId = task.SubmitId,
        Message = LocalizedText.OfSchool(reason),
        Tests = { task.Tests.Select(test => new TestResult { Verdict = Verdict.NotRun, Demo = test.Demo }) },
    };
}
