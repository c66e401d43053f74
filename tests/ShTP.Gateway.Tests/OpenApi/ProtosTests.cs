using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ShTP.Gateway.Tests.EndToEnd;
using ShTP.Protos;
using ShTP.Testing;

namespace ShTP.Gateway.Tests.OpenApi;

/// <summary>/protos.zip, as a developer of a client uses it: unpacked, and compiled as the README inside says.</summary>
public sealed class ProtosTests(ContractGateway fixture) : IClassFixture<ContractGateway>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("shtp-protos-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Protos_CompiledAsTheReadmeSays_GiveMessagesForAndroidAndDotNet()
    {
        var folder = await UnpackAsync();
        var commands = Regex.Matches(await File.ReadAllTextAsync(Path.Combine(folder, "README.md")), "```bash\\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value).ToList();
        Assert.Equal(2, commands.Count);

        foreach (var command in commands)
            await RunAsync(command, folder);

        var java = Directory.GetFiles(Path.Combine(folder, "java"), "*.java", SearchOption.AllDirectories);
        Assert.Contains(java, file => file.EndsWith(Path.Combine("com", "shtp", "users", "v1", "CreateUserRequest.java"), StringComparison.Ordinal));
        // The lite runtime of Android has no descriptors.
        Assert.All(java, file => Assert.DoesNotContain("DescriptorProtos", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Contains(Directory.GetFiles(Path.Combine(folder, "csharp"), "*.cs", SearchOption.AllDirectories), file => file.EndsWith("Users.cs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Protos_HaveEveryPublicRpcAndNoInternalOne()
    {
        var folder = await UnpackAsync();
        var text = string.Concat(Directory.GetFiles(folder, "*.proto", SearchOption.AllDirectories).Where(file => !file.EndsWith("options.proto", StringComparison.Ordinal)).Select(File.ReadAllText));

        Assert.All(AccessTable.Rows.Where(row => !row.IsInternal), row => Assert.Matches($@"rpc {row.Rpc.Split('.')[^1]}\(", text));
        Assert.DoesNotContain("internal:", text, StringComparison.Ordinal);
        foreach (var @internal in Contract.ShTP.Files.SelectMany(file => file.Services).Where(service => service.Name.EndsWith("Internal", StringComparison.Ordinal)))
            Assert.DoesNotContain(@internal.Name, text, StringComparison.Ordinal);
        Assert.DoesNotContain("message SetCredentialsRequest", text, StringComparison.Ordinal);
        Assert.DoesNotContain("import \"shtp/api/v1/export.proto\"", text, StringComparison.Ordinal);
    }

    private async Task<string> UnpackAsync()
    {
        using var response = await fixture.Gateway.SendAsync("GET", "/protos.zip");
        await using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), ZipArchiveMode.Read);
        await zip.ExtractToDirectoryAsync(Path.Combine(_folder, "protos"), TestContext.Current.CancellationToken);
        return Path.Combine(_folder, "protos");
    }

    private async Task RunAsync(string command, string folder)
    {
        var start = new ProcessStartInfo("bash", ["-euc", command]) { WorkingDirectory = folder, RedirectStandardError = true };
        start.Environment["PATH"] = $"{InstallProtoc()}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var error = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{command}{error}");
        Assert.Equal("", error);
    }

    // As it comes from its own site: the program, and the files that it knows without being told beside it.
    private string InstallProtoc()
    {
        var package = typeof(ProtosTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(about => about.Key == "GrpcTools").Value!;
        var platform = (OperatingSystem.IsMacOS(), RuntimeInformation.OSArchitecture) switch
        {
            (true, _) => "macosx_x64",
            (_, Architecture.Arm64) => "linux_arm64",
            _ => "linux_x64",
        };
        var programs = Directory.CreateDirectory(Path.Combine(_folder, "protoc", "bin")).FullName;
        var program = Path.Combine(programs, "protoc");
        if (!File.Exists(program))
        {
            File.Copy(Path.Combine(package, "tools", platform, "protoc"), program);
            Directory.CreateSymbolicLink(Path.Combine(_folder, "protoc", "include"), Path.Combine(package, "build", "native", "include"));
        }

        return programs;
    }
}
