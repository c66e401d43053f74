using System.Globalization;

namespace ShTP.LocalPostgres.Processes;

/// <summary>The account for PostgreSQL when this process is root, because PostgreSQL refuses to run as root.</summary>
internal sealed record ServerAccount(string Name, int UserId, int GroupId)
{
    /// <summary>Null when this process may run PostgreSQL itself.</summary>
    public static ServerAccount? Needed()
    {
        if (!LocalFolders.IsUnixRoot)
            return null;
        if (ProgramPath.Find("setpriv") is null)
            throw new LocalPostgresException(
                "PostgreSQL does not run as root, and setpriv (util-linux), which would drop to another user, is not " +
                "on the PATH. Run as an ordinary user or install util-linux.");
        return Find("postgres") ?? Find("nobody") ?? throw new LocalPostgresException(
            "PostgreSQL does not run as root, and /etc/passwd has neither a user postgres nor a user nobody to drop to. " +
            "Run as an ordinary user or create one of them.");
    }

    public string[] SetprivArguments => [$"--reuid={UserId}", $"--regid={GroupId}", "--clear-groups"];

    /// <summary>Changes the owner of the directory and everything below it to this account.</summary>
    public async Task OwnAsync(string directory, CancellationToken cancellationToken) =>
        await Command.RunAsync("chown", ["-R", $"{UserId}:{GroupId}", directory], null, cancellationToken);

    public async Task<bool> CanReachAsync(string path, CancellationToken cancellationToken)
    {
        var test = await Command.TryRunAsync("test", ["-x", path], this, cancellationToken);
        return test.ExitCode == 0;
    }

    // A line of passwd(5): name:password:uid:gid:comment:home:shell
    private static ServerAccount? Find(string name)
    {
        var fields = File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
            .FirstOrDefault(fields => fields.Length >= 4 && fields[0] == name);
        return fields is null
            ? null
            : new ServerAccount(name, int.Parse(fields[2], CultureInfo.InvariantCulture),
                int.Parse(fields[3], CultureInfo.InvariantCulture));
    }
}
