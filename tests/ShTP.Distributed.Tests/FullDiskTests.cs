using System.Diagnostics;
using System.Net;
using System.Text;
using Aspire.Hosting.Testing;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The disk of Files is full while somebody uploads: a small file system in memory over its folder, where the test may mount one.</summary>
[Collection(ShakenSystem.Name)]
public sealed class FullDiskTests(RunningSystem system)
{
    private const int Megabyte = 1024 * 1024;
    private const int Attempts = 5;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Upload_DiskFull_IsUnavailableWithAReasonAndHealthTells()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var pupil = await system.Anonymous().LoginAsync(email, School.Password);
        // The first call of each kind is compiled while it runs.
        (await HandInAsync(pupil, Achievements.Pdf)).Ok();
        byte[] large = [.. Achievements.Pdf, .. Encoding.ASCII.GetBytes(new string('%', 15 * Megabyte))];
        var directory = system.FilesDirectory;
        // Of the running process; hidden by the mount.
        var temporary = Directory.GetDirectories(Path.Join(directory, "tmp"));
        if (!await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", directory))
            Assert.Skip("Only root may mount a file system.");
        try
        {
            foreach (var path in temporary)
                Directory.CreateDirectory(path);
            var times = new List<TimeSpan>();
            for (var i = 0; i < Attempts; i++)
            {
                var clock = Stopwatch.StartNew();
                var refused = await HandInAsync(pupil, large);

                Assert.Equal((HttpStatusCode.ServiceUnavailable, "The storage is full, nothing can be uploaded until an administrator has made room"), (refused.Status, refused.Detail));
                Assert.Equal(TimeSpan.FromMinutes(1), refused.Headers.RetryAfter?.Delta);
                times.Add(clock.Elapsed);
            }

            // How long the content is on its way is up to what else the machine does.
            Assert.InRange(times.Min(), TimeSpan.Zero, Second);

            using var files = system.App.CreateHttpClient("files", "http");
            var health = await files.GetStringAsync("/health");
            Assert.Contains("Degraded", health, StringComparison.Ordinal);
            Assert.Contains("is full", health, StringComparison.Ordinal);
        }
        finally
        {
            Assert.True(await RunAsync("umount", "-l", directory), "The file system could not be removed.");
        }

        await Eventually.HoldsAsync(async () => (await HandInAsync(pupil, large)).Status == HttpStatusCode.OK, "there is room again", Settle);
    }

    private static Task<Answer> HandInAsync(ApiClient pupil, byte[] file) =>
        pupil.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends($"Победа {Guid.NewGuid():N}", file));

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
