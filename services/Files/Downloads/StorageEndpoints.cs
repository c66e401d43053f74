using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;
using ShTP.Files.Blobs;
using ShTP.Files.Content;
using ShTP.Rpc.Access;

namespace ShTP.Files.Downloads;

/// <summary>
/// Downloads under <c>/storage</c>. Names are derived from the content, so no database query is needed. Avatars are
/// public by name, attachments need a signed name, sources are not served.
/// </summary>
internal static partial class StorageEndpoints
{
    private static readonly string[] Verbs = [HttpMethods.Get, HttpMethods.Head];

    public static void MapStorage(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/storage"), storage => storage.Use(StorageErrors.WriteAsync));
        app.MapMethods("/storage/avatars/{name}", Verbs, AvatarAsync);
        app.MapMethods("/storage/achievements/{name}", Verbs, AchievementAsync);
    }

    private static async Task<IResult> AvatarAsync(string name, HttpContext context, IBlobStorage storage, DefaultAvatar defaultAvatar)
    {
        if (name == DefaultAvatar.Name)
        {
            Describe(context, "public, max-age=86400");
            return defaultAvatar.ToResult();
        }

        return await BlobAsync(context, storage, FileKind.Avatar, name, "public, max-age=31536000, immutable");
    }

    private static async Task<IResult> AchievementAsync(string name, string? exp, string? sig, HttpContext context, IBlobStorage storage, SignedNames names) =>
        names.Check(FileKind.Achievement.Folder, name, exp, sig) switch
        {
            // The link changes every hour and the content never, so browsers may cache it for the lifetime of a link.
            LinkState.Valid => await BlobAsync(context, storage, FileKind.Achievement, name, "private, max-age=3600"),
            LinkState.Expired => context.Error(StatusCodes.Status403Forbidden, "This link has expired, load the page again"),
            _ => context.Error(StatusCodes.Status403Forbidden, "This link is not valid"),
        };

    private static async Task<IResult> BlobAsync(HttpContext context, IBlobStorage storage, FileKind kind, string name, string cacheControl)
    {
        var blob = StoredName().IsMatch(name) && TypeOf(kind, name) is not null
            ? await storage.FindAsync(new BlobKey(kind.Folder, name), context.RequestAborted)
            : null;
        if (blob is null)
            return context.Error(StatusCodes.Status404NotFound, "Not Found");
        Describe(context, cacheControl);
        var type = TypeOf(kind, name)!;
        var tag = new EntityTagHeaderValue($"\"{Path.GetFileNameWithoutExtension(name)}\"");
        var attachment = type.IsImage ? null : name;
        return blob.LocalPath is { } path
            ? TypedResults.PhysicalFile(path, type.Name, attachment, blob.LastModified, tag, enableRangeProcessing: true)
            : TypedResults.Stream(blob.Open(), type.Name, attachment, blob.LastModified, tag, enableRangeProcessing: true);
    }

    private static void Describe(HttpContext context, string cacheControl)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = cacheControl;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
    }

    private static MediaType? TypeOf(FileKind kind, string name) => kind.Types.FirstOrDefault(t => t.Extension == Path.GetExtension(name)[1..]);

    /// <summary>The only accepted form of a name; it cannot contain a path.</summary>
    [GeneratedRegex(@"\A[0-9a-f]{64}\.[a-z]{2,4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex StoredName();
}
