using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace ShTP.Services.Tests.Files;

/// <summary>A real disk without room: a small file system in memory, where the test may mount one.</summary>
public sealed class DiskFullTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Store_DiskFull_SaysSoAtOnceAndHealthTells()
    {
        using var disk = new SmallDisk(kibibytes: 256);
        await using var host = new FilesHost { Folder = new StorageFolder(disk.Folder) };
        await host.InitializeAsync();
        var clock = Stopwatch.StartNew();

        var refused = await Assert.ThrowsAsync<RpcException>(() => host.StoreAsync(Guid.NewGuid(), "achievement", [.. "%PDF-1.7\n"u8, .. new byte[500_000]], "a.pdf"));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Limit);
        Assert.Equal((StatusCode.Unavailable, "The storage is full, nothing can be uploaded until an administrator has made room"), (refused.StatusCode, refused.Status.Detail));
        // What was received of it is gone, and a small file has room.
        Assert.Equal(9, (await host.StoreAsync(Guid.NewGuid(), "achievement", "%PDF-1.7\n"u8.ToArray(), "a.pdf")).Size);
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        var storage = health.Entries["storage"];
        Assert.Equal(HealthStatus.Degraded, storage.Status);
        Assert.Contains("is full", storage.Description, StringComparison.Ordinal);
    }

    private sealed class SmallDisk : IDisposable
    {
        private readonly DirectoryInfo _above = Directory.CreateTempSubdirectory("shtp-disk-");

        public SmallDisk(int kibibytes)
        {
            // Below it, because the storage removes its own folder, and a mounted one cannot be removed.
            if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", _above.FullName))
            {
                _above.Delete();
                Assert.Skip("Only root may mount a file system.");
            }

            Folder = Directory.CreateDirectory(Path.Join(_above.FullName, "files")).FullName;
        }

        public string Folder { get; }

        public void Dispose()
        {
            Assert.True(Run("umount", "-l", _above.FullName), "The file system could not be removed.");
            _above.Delete();
        }

        private static bool Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
