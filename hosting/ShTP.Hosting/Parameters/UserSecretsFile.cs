using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;
using Microsoft.Extensions.Hosting;
using ShTP.LocalPostgres.Processes;

namespace Aspire.Hosting.Parameters;

/// <summary>The <c>secrets.json</c> of one user secrets id, as <c>dotnet user-secrets</c> keeps it; only the user can read it.</summary>
internal sealed class UserSecretsFile(string path)
{
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(10);

    // Like dotnet user-secrets: indented, nothing escaped that JSON does not need escaped.
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Null where the host would not read it back: outside Development, or without a UserSecretsId.</summary>
    public static UserSecretsFile? Of(Assembly? assembly, IHostEnvironment environment) =>
        environment.IsDevelopment() && assembly?.GetCustomAttribute<UserSecretsIdAttribute>() is { } id
            ? new UserSecretsFile(PathHelper.GetSecretsPathFromSecretsId(id.UserSecretsId))
            : null;

    /// <summary>The kept value, or a new one that is kept from now on, also when several AppHosts ask at once.</summary>
    public string GetOrAdd(string key, Func<string> create)
    {
        CreatePrivateDirectory();
        using var held = FileLock.TakeAsync(path + ".lock", LockLimit, CancellationToken.None).GetAwaiter().GetResult();
        var secrets = Read();
        if (secrets.TryGetValue(key, out var kept) && kept is not null)
            return kept;
        var value = create();
        secrets[key] = value;
        Write(secrets);
        return value;
    }

    private SortedDictionary<string, string?> Read()
    {
        var secrets = new SortedDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (!File.Exists(path))
            return secrets;
        // The configuration provider flattens sections, which somebody may have written by hand.
        foreach (var (key, value) in new ConfigurationBuilder().AddJsonFile(path).Build().AsEnumerable())
            if (value is not null)
                secrets[key] = value;
        return secrets;
    }

    private void Write(SortedDictionary<string, string?> secrets)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // Written beside and moved, so that nobody ever reads half a file.
        var written = path + ".new";
        File.Delete(written);
        using (var stream = new FileStream(written, options))
            JsonSerializer.Serialize(stream, secrets, Format);
        File.Move(written, path, overwrite: true);
    }

    private void CreatePrivateDirectory()
    {
        var directory = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
