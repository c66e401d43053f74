using System.Globalization;
using System.Net;
using ShTP.Localization;

namespace ShTP.Checker.Repositories;

/// <summary>A fetched repository.</summary>
/// <param name="Folder">Its files. Symbolic links are plain files with their target.</param>
/// <param name="Commit">The id of the fetched commit.</param>
internal sealed record FetchedRepository(string Folder, string Commit);

/// <summary>The repository is refused.</summary>
internal sealed class RepositoryRefusedException(LocalizedText reason) : Exception(reason.In(Languages.English))
{
    /// <summary>For the student.</summary>
    public LocalizedText Reason => reason;
}

/// <summary>
/// Fetches the newest commit of a repository. git gets no password, connects only to the host of the link by the
/// address that was checked, and runs no code of the repository.
/// </summary>
internal sealed class RepositoryFetch(RepositoryNetwork network)
{
    private const long MaxBytes = 64 * 1024 * 1024;
    private const int MaxFiles = 5000;
    private const int MaxRedirects = 3;

    /// <summary>Fetches into <paramref name="folder"/>, which is empty or not there.</summary>
    /// <exception cref="RepositoryRefusedException">The link, the host, the repository or its size is refused.</exception>
    public async Task<FetchedRepository> FetchAsync(string link, string folder, CancellationToken cancellationToken = default)
    {
        var address = RepositoryAddress.TryParse(link, network.Names, out var fault) ?? throw new RepositoryRefusedException(fault!);
        var end = await network.FindAsync(address.Host, cancellationToken);
        var git = new GitCommand(folder, network, $"{address.Host}:{end.Port}:{end.Address}", MaxBytes, network.MaxTime);

        await CloneAsync(git, address, end, folder, cancellationToken);
        var commit = (await git.RunAsync(["-C", folder, "rev-parse", "--verify", "HEAD"], cancellationToken)).Trim();

        // The sizes are checked before unpacking: a small repository can contain an enormous file.
        var files = (await git.RunAsync(["-C", folder, "ls-tree", "-r", "-l", "-z", "HEAD"], cancellationToken)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        if (files.Length > MaxFiles)
            throw new RepositoryRefusedException($"The repository has more than {MaxFiles} files.");
        if (files.Sum(SizeOf) > MaxBytes)
            throw new RepositoryRefusedException($"The repository is larger than {MaxBytes / 1024 / 1024} MiB.");
        await git.RunAsync(["-C", folder, "checkout", "--force", "--no-recurse-submodules", commit], cancellationToken);
        return new FetchedRepository(folder, commit);
    }

    // Only after a failed fetch, because most links need no redirect.
    private async Task CloneAsync(GitCommand git, RepositoryAddress address, IPEndPoint end, string folder, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            try
            {
                await git.RunAsync(["clone", "--depth=1", "--single-branch", "--no-tags", "--no-checkout", "--no-recurse-submodules", "--template=", "--", address.UrlAt(end.Port), folder], cancellationToken);
                return;
            }
            catch (RepositoryRefusedException) when (redirects < MaxRedirects)
            {
                if (await RepositoryRedirect.FindAsync(address, end, network, cancellationToken) is not { } moved)
                    throw;
                address = moved;
            }
        }
    }

    // mode type id size<tab>path; a submodule has the size "-".
    private static long SizeOf(string entry)
    {
        var fields = entry.Split('\t', 2)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.TryParse(fields[^1], CultureInfo.InvariantCulture, out var size) ? size : 0;
    }
}
