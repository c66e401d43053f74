using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Api.V1;
using ShTP.Data.Audit;
using ShTP.Files.Blobs;
using ShTP.Files.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using ShTP.ServiceDefaults;

namespace ShTP.Files.StoredFiles;

/// <summary>RPCs for other services.</summary>
internal sealed class FilesInternalService(
    FilesDb db, FileLedger ledger, FileIntake intake, FileExport export, IBlobStorage storage, IOptions<FilesOptions> options, TimeProvider clock) : FilesInternal.FilesInternalBase
{
    private const int MaxPiece = 64 * 1024;
    private const int MaxClaimLength = 200;

    // When there is room cannot be predicted. An operator has to make it, so more calls than one a minute find nothing out.
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromMinutes(1);

    public override async Task<StoreResponse> Store(IAsyncStreamReader<StoreRequest> requestStream, ServerCallContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        limit.CancelAfter(options.Value.StoreLimit);
        try
        {
            return await StoreAsync(requestStream, limit.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw RpcErrors.DeadlineExceeded($"The upload took longer than {options.Value.StoreLimit.TotalSeconds:0} seconds");
        }
        catch (IOException full) when (DiskSpace.IsFull(full))
        {
            throw RpcErrors.Unavailable("The storage is full, nothing can be uploaded until an administrator has made room", RetryWhenFull);
        }
    }

    public override async Task<GetFileResponse> GetFile(GetFileRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.FileId, "fileId");
        var owner = checks.Uuid(request.OwnerId, "ownerId");
        checks.ThrowIfInvalid();
        var file = await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == id && f.OwnerId == owner && f.Kind == request.Kind, context.CancellationToken);
        return file is null ? throw NoSuchFile() : new GetFileResponse { File = file.ToProto() };
    }

    public override async Task<Empty> Claim(ClaimRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.FileId, "fileId");
        var owner = checks.Uuid(request.OwnerId, "ownerId");
        checks.Text(request.Claim, 1, MaxClaimLength, "claim");
        checks.ThrowIfInvalid();
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            var file = await LockAsync(id, cancellationToken);
            if (file is null)
                return;
            if (file.OwnerId != owner)
                throw NoSuchFile();
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO claims (file_id, service, claim) VALUES ({id}, {context.CallingService()}, {request.Claim}) ON CONFLICT DO NOTHING", cancellationToken);
            await db.Files.Where(f => f.Id == id).ExecuteUpdateAsync(s => s.SetProperty(f => f.UnclaimedSince, (DateTimeOffset?)null), cancellationToken);
        });
        return new Empty();
    }

    public override async Task<Empty> Release(ReleaseRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.FileId, "fileId");
        checks.Text(request.Claim, 1, MaxClaimLength, "claim");
        checks.ThrowIfInvalid();
        var service = context.CallingService();
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            if (await LockAsync(id, cancellationToken) is null)
                return;
            await db.Claims.Where(c => c.FileId == id && c.Service == service && c.Claim == request.Claim).ExecuteDeleteAsync(cancellationToken);
            var now = clock.GetUtcNow();
            await db.Files.Where(f => f.Id == id && f.UnclaimedSince == null && !db.Claims.Any(c => c.FileId == f.Id))
                .ExecuteUpdateAsync(s => s.SetProperty(f => f.UnclaimedSince, now), cancellationToken);
        });
        return new Empty();
    }

    public override async Task<Empty> DeleteOwner(DeleteOwnerRequest request, ServerCallContext context)
    {
        var owner = FieldChecks.RequireUuid(request.OwnerId, "ownerId");
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            db.Record(owner);
            // Lock order: files, then claims, then blobs, each sorted, as everywhere else.
            await db.Database.ExecuteSqlAsync($"SELECT id FROM files WHERE owner_id = {owner} ORDER BY id FOR UPDATE", cancellationToken);
            await db.Database.ExecuteSqlAsync($"DELETE FROM claims WHERE file_id IN (SELECT id FROM files WHERE owner_id = {owner})", cancellationToken);
            await db.Database.ExecuteSqlAsync(
                $"""
                WITH locked AS (
                    SELECT folder, name FROM blobs WHERE (folder, name) IN (SELECT folder, name FROM files WHERE owner_id = {owner})
                    ORDER BY folder, name FOR NO KEY UPDATE)
                UPDATE blobs b SET maybe_unused = true FROM locked l WHERE b.folder = l.folder AND b.name = l.name
                """, cancellationToken);
            await db.Files.Where(f => f.OwnerId == owner).ExecuteDeleteAsync(cancellationToken);
        });
        return new Empty();
    }

    public override async Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.FileId, "fileId");
        var file = await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, context.CancellationToken) ?? throw NoSuchFile();
        var blob = await storage.FindAsync(file.Key, context.CancellationToken)
            ?? throw new InvalidOperationException($"The storage has lost {file.Key}, which file {id} refers to");
        await using var content = blob.Open();
        var piece = new byte[MaxPiece];
        while (await content.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, context.CancellationToken) is > 0 and var length)
            await responseStream.WriteAsync(new ReadResponse { Content = ByteString.CopyFrom(piece, 0, length) }, context.CancellationToken);
    }

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) =>
        db.ListAuditAsync(ResourceNames.Files, request, context.CancellationToken);

    public override async Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context)
    {
        var owner = FieldChecks.RequireUuid(request.UserId, "userId");
        await export.WriteAsync(owner, responseStream, context.CancellationToken);
    }

    private async Task<StoreResponse> StoreAsync(IAsyncStreamReader<StoreRequest> stream, CancellationToken cancellationToken)
    {
        if (!await stream.MoveNext(cancellationToken) || stream.Current.PartCase != StoreRequest.PartOneofCase.Header)
            throw RpcErrors.Invalid("An upload begins with its header");
        var isCheck = stream.Current.Header.CheckOnly;
        var upload = Upload.Parse(stream.Current.Header);
        if (!isCheck)
            await ledger.CheckQuotaAsync(upload.OwnerId, cancellationToken);
        await using var content = intake.NewFile();
        var accepted = await intake.ReceiveAsync(upload, stream, content, cancellationToken);
        var file = new StoredFile
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            OwnerId = upload.OwnerId,
            Kind = upload.Kind.Name,
            Folder = upload.Kind.Folder,
            Name = accepted.Name,
            ContentType = accepted.Type.Name,
            Size = accepted.Size,
            OriginalName = upload.OriginalName,
            CreatedAt = clock.GetUtcNow(),
        };
        var answer = file.ToProto();
        if (isCheck)
            answer.FileId = "";
        else
            await ledger.StoreAsync(file, content, cancellationToken);
        return new StoreResponse { File = answer };
    }

    private Task<StoredFile?> LockAsync(Guid id, CancellationToken cancellationToken) =>
        db.Files.FromSql($"SELECT * FROM files WHERE id = {id} FOR UPDATE").AsNoTracking().SingleOrDefaultAsync(cancellationToken);

    private static RpcException NoSuchFile() => RpcErrors.NotFound("No such file");
}
