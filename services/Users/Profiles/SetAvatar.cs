using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Files.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;

namespace ShTP.Users.Profiles;

/// <summary>Replaces avatars: claims the new file and releases the old one.</summary>
internal sealed class SetAvatar(UsersDb db, FilesInternal.FilesInternalClient files, TimeProvider clock)
{
    private const string Kind = "avatar";

    /// <summary>The name of the new avatar under /storage/avatars/.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT when the user has no such file; PERMISSION_DENIED when the user was deleted.</exception>
    public async Task<string> SetAsync(UploadedFile? upload, Guid userId, CancellationToken cancellationToken)
    {
        var file = await VerifyAsync(upload, userId, cancellationToken);
        var fileId = Guid.ParseExact(file.FileId, "D");
        return await db.InTransactionAsync(async cancellation =>
        {
            var user = await db.LockUserAsync(userId, cancellation) ?? throw RpcErrors.Denied("No login");
            if (user.AvatarFileId == fileId)
                return file.Name;
            EnqueueClaim(db, userId, fileId);
            if (user.AvatarFileId is { } old)
                Enqueue(db, nameof(FilesInternal.FilesInternalBase.Release), new ReleaseRequest { FileId = old.ToString(), Claim = ClaimOf(userId) }, userId);
            (user.AvatarPath, user.AvatarFileId, user.UpdatedAt) = (file.Name, fileId, clock.Now());
            await db.SaveChangesAsync(cancellation);
            return file.Name;
        }, cancellationToken);
    }

    /// <summary>Claims the user's avatar.</summary>
    internal static void EnqueueClaim(UsersDb db, Guid userId, Guid fileId) => Enqueue(db, nameof(FilesInternal.FilesInternalBase.Claim),
        new ClaimRequest { FileId = fileId.ToString(), OwnerId = userId.ToString(), Claim = ClaimOf(userId) }, userId);

    /// <summary>Deletes all files of the user, after every claim that was enqueued before.</summary>
    public static void EnqueueForgetting(UsersDb db, Guid userId) => db.Enqueue(
        FilesInternal.Descriptor, nameof(FilesInternal.FilesInternalBase.DeleteOwner), new DeleteOwnerRequest { OwnerId = userId.ToString() }, KeyOf(userId));

    // Files is asked, because the reference in the request is not trusted.
    private async Task<UploadedFile> VerifyAsync(UploadedFile? upload, Guid userId, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        checks.Uuid(upload?.FileId, "avatar");
        checks.ThrowIfInvalid();
        try
        {
            var request = new GetFileRequest { FileId = upload!.FileId, OwnerId = userId.ToString(), Kind = Kind };
            return (await files.GetFileAsync(request, cancellationToken: cancellationToken)).File;
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound)
        {
            throw RpcErrors.InvalidField("avatar", "you have uploaded no such file");
        }
    }

    private static void Enqueue(UsersDb db, string method, Google.Protobuf.IMessage request, Guid userId) =>
        db.Enqueue(FilesInternal.Descriptor, method, request, KeyOf(userId));

    private static string ClaimOf(Guid userId) => $"avatar:{userId}";

    private static string KeyOf(Guid userId) => userId.ToString();
}
