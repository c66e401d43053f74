// Backs a system up and restores it; docs/backup.md shows how.
using System.Runtime.InteropServices;
using ShTP.Backup;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await BackupRun.RunAsync(args, Console.Out, Console.Error, stop.Token);

// A second signal kills the process, which is safe: a backup without a manifest is none.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
