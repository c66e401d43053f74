using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;

namespace ShTP.Achievements.Records;

/// <summary>The proofs of achievements: stored in Files by the gateway, and kept by a claim of the achievement.</summary>
internal sealed class Attachments(AchievementsDb db, FilesInternal.FilesInternalClient files)
{
    /// <summary>Their folder under /storage.</summary>
    public const string Folder = "achievements";

    private const string Kind = "achievement";

    /// <summary>Loads the upload from Files, because the reference in the request is not trusted.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT when the user has uploaded no such file.</exception>
    public async Task<UploadedFile> VerifyAsync(UploadedFile? upload, Guid owner, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        checks.Uuid(upload?.FileId, "confirmFile");
        checks.ThrowIfInvalid();
        try
        {
            var request = new GetFileRequest { FileId = upload!.FileId, OwnerId = owner.ToString(), Kind = Kind };
            return (await files.GetFileAsync(request, cancellationToken: cancellationToken)).File;
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound)
        {
            throw RpcErrors.InvalidField("confirmFile", "you have uploaded no such file");
        }
    }

    /// <summary>Claims the achievement's current file.</summary>
    public void EnqueueClaim(Achievement achievement) => Enqueue(
        nameof(FilesInternal.FilesInternalBase.Claim),
        new ClaimRequest { FileId = achievement.FileId.ToString(), OwnerId = achievement.UserId.ToString(), Claim = ClaimOf(achievement) },
        achievement);

    /// <summary>Releases the achievement's current file.</summary>
    public void EnqueueRelease(Achievement achievement) => Enqueue(
        nameof(FilesInternal.FilesInternalBase.Release), new ReleaseRequest { FileId = achievement.FileId.ToString(), Claim = ClaimOf(achievement) }, achievement);

    private void Enqueue(string method, Google.Protobuf.IMessage request, Achievement achievement) =>
        db.Enqueue(FilesInternal.Descriptor, method, request, $"files:{achievement.UserId}");

    private static string ClaimOf(Achievement achievement) => $"achievement:{achievement.Id}";
}
