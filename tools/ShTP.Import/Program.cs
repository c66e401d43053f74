using System.Runtime.InteropServices;
using ShTP.Import;

// dotnet run --project tools/ShTP.Import -- --dry-run; docs/import.md describes the configuration.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await ImportRun.RunAsync(args, Console.Out, Console.Error, stop.Token);

// The current batch ends or is rolled back. A second signal kills the process, which is safe.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
