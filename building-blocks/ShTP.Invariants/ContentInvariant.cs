using System.Globalization;
using System.Runtime.CompilerServices;

namespace ShTP.Invariants;

/// <summary>Every stored content is in the folder of Files, in its full length.</summary>
/// <param name="directory">The folder of Files.</param>
internal sealed class ContentInvariant(string directory) : Invariant("content-is-stored", "a file that is listed cannot be downloaded")
{
    private const string Query = "SELECT folder, name, size::text FROM blobs b WHERE EXISTS (SELECT FROM files f WHERE f.folder = b.folder AND f.name = b.name)";

    internal override async IAsyncEnumerable<Violation> FindAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in snapshot.ReadAsync(Database.Files, Query, cancellationToken))
        {
            // As Files lays them out: folder/ab/cd/abcd....png.
            var (folder, name, size) = (row[0], row[1], long.Parse(row[2], CultureInfo.InvariantCulture));
            var file = new FileInfo(Path.Combine(directory, folder, name[..2], name[2..4], name));
            if (!file.Exists)
                yield return new Violation(Name, $"{folder}/{name}", "has no content");
            else if (file.Length != size)
                yield return new Violation(Name, $"{folder}/{name}", $"has {file.Length} bytes instead of {size}");
        }
    }
}
