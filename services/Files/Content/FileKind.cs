using ShTP.Localization;

namespace ShTP.Files.Content;

/// <summary>A kind of files, with its rules.</summary>
/// <param name="Name">Name in the <c>upload</c> option of the contracts.</param>
/// <param name="Folder">Folder of its blobs, and its path under <c>/storage</c> when it is public.</param>
/// <param name="MaxBytes">Largest size of a file, an upper bound of the contract's limit.</param>
/// <param name="Types">Accepted types of content.</param>
/// <param name="Refusal">Error text for another type; the old clients show it.</param>
internal sealed record FileKind(string Name, string Folder, long MaxBytes, IReadOnlyList<MediaType> Types, LocalizedText Refusal)
{
    private const int MiB = 1024 * 1024;

    /// <summary>A user's avatar: public, scaled and encoded again.</summary>
    public static readonly FileKind Avatar = new("avatar", "avatars", 10 * MiB,
        [MediaType.Png, MediaType.Jpeg, MediaType.Gif, MediaType.Webp], "Files with such extensions are forbidden");

    /// <summary>The proof of an achievement: private, stored unchanged.</summary>
    public static readonly FileKind Achievement = new("achievement", "achievements", 20 * MiB,
        [MediaType.Png, MediaType.Jpeg, MediaType.Pdf], "Can't upload such file; Check extension: [pdf, png, jpg, jpeg]");

    // Rows of a third kind, "source", may be left from the time before programs travelled in the request. They are exported and
    // deleted with their owner as before; no new ones are accepted.
    public static readonly IReadOnlyList<FileKind> All = [Avatar, Achievement];
}
