using ShTP.Checker.Judging;
using ShTP.Checker.Repositories;
using ShTP.Checker.Sandboxing;

namespace ShTP.Checker;

/// <summary>Creates the judge at start, or finds out why this machine must not judge.</summary>
internal sealed class JudgePreparation(CheckerOptions options, ILogger<JudgePreparation> logger) : BackgroundService
{
    private readonly TaskCompletionSource<Judge> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CheckerFolder? _folder;

    /// <summary>Completes when programs can be judged, otherwise never.</summary>
    public Task<Judge> Judge => _ready.Task;

    /// <summary>The reasons why nothing can be judged, one sentence each; null until they are known.</summary>
    public IReadOnlyList<string>? Faults { get; private set; }

    /// <summary>Finds sandbox and compilers and tests the sandbox. The judge is created only when all tests pass.</summary>
    public static async Task<(Judge? Judge, IReadOnlyList<string> Faults)> PrepareAsync(
        CheckerFolder folder, CheckerOptions options, CancellationToken cancellationToken = default)
    {
        var (sandbox, faults) = await SandboxDetection.DetectAsync(folder, options, cancellationToken);
        var (toolchain, missing) = await Toolchain.PrepareAsync(folder, options, cancellationToken);
        var git = await GitVersion.FindFaultAsync(cancellationToken);
        if (sandbox is null || toolchain is null || git is not null)
            return (null, [.. faults, .. missing, .. git is null ? Array.Empty<string>() : [git]]);
        var breaches = await SandboxSelfTest.FindFaultsAsync(sandbox, toolchain, cancellationToken);
        return breaches.Count > 0 ? (null, breaches) : (new Judge(sandbox, toolchain), []);
    }

    public override void Dispose()
    {
        _folder?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _folder = CheckerFolder.Create();
        var (judge, faults) = await PrepareAsync(_folder, options, stoppingToken);
        Faults = faults;
        if (judge is null)
        {
            logger.LogCritical("This checker cannot judge: {Faults}", string.Join(" ", faults));
            return;
        }

        if (judge.Toolchain.CacheFault is { } fault)
            logger.LogWarning("Each start compiles the standard header anew: {Fault}", fault);
        logger.LogInformation("Judging in {Sandbox}. {Weaknesses}", judge.Host, string.Join(" ", judge.Host.FindWeaknesses()));
        _ready.SetResult(judge);
    }
}
