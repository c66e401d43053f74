using System.Runtime.InteropServices;
using ShTP.Import;

// dotnet run --project tools/ShTP.Import -- --dry-run; docs/import.md says what must be configured.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await ImportRun.RunAsync(args, Console.Out, Console.Error, stop.Token);

// The batch under way ends or is rolled back; a second signal finds nothing that would mind being killed.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
