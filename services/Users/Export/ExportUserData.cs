using System.IO.Compression;
using System.Text.Json.Nodes;
using Google.Api;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Auth.V1;
using ShTP.Data.Audit;
using ShTP.Events.V1;
using ShTP.Files.V1;
using ShTP.Notifications.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Streams;
using ShTP.Users.Audits;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Users.Export;

/// <summary>All data of a user as one archive, generated during the transfer.</summary>
internal sealed class ExportUserData(
    UsersDb db,
    AuthInternal.AuthInternalClient auth,
    FilesInternal.FilesInternalClient files,
    AchievementsInternal.AchievementsInternalClient achievements,
    EventsInternal.EventsInternalClient events,
    NotificationsInternal.NotificationsInternalClient notifications,
    AssignmentsInternal.AssignmentsInternalClient assignments,
    AllAudits audits)
{
    private const string MediaType = "application/zip";

    /// <exception cref="RpcException">As documented for ExportUserData in users.proto.</exception>
    public async Task WriteAsync(string uuid, IServerStreamWriter<HttpBody> answer, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(uuid, "uuid");
        var caller = context.User();
        if (id != caller.Id && !caller.IsStaff)
            throw RpcErrors.Denied("You can export your own data only");
        var cancellationToken = context.CancellationToken;
        if (!await db.Users.AnyAsync(u => u.Id == id, cancellationToken))
            throw RpcErrors.NotFound("User with such uuid/nickname not found");

        AuditCall.About(id);
        await HttpBodyStream.SendFileNameAsync(context, $"shtp_{id}.zip");
        await using var body = new HttpBodyStream(answer, MediaType, cancellationToken);
        await using (var archive = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken))
        {
            await AddDocumentAsync(archive, "users/profile.json", ReadProfile(id), cancellationToken);
            await AddDocumentAsync(archive, "users/rating.json", ReadRating(id), cancellationToken);
            await AddDocumentAsync(archive, "users/audit.json", ReadAudit(id, cancellationToken), cancellationToken);
            foreach (var (folder, call) in CallsFor(id, cancellationToken))
                await AddPiecesAsync(archive, folder, call, cancellationToken);
        }

        await body.CompleteAsync();
    }

    private (string Folder, Func<AsyncServerStreamingCall<ExportUserResponse>> Call)[] CallsFor(Guid id, CancellationToken cancellationToken)
    {
        var request = new ExportUserRequest { UserId = id.ToString() };
        return
        [
            ("auth", () => auth.ExportUser(request, cancellationToken: cancellationToken)),
            ("achievements", () => achievements.ExportUser(request, cancellationToken: cancellationToken)),
            ("events", () => events.ExportUser(request, cancellationToken: cancellationToken)),
            ("notifications", () => notifications.ExportUser(request, cancellationToken: cancellationToken)),
            ("assignments", () => assignments.ExportUser(request, cancellationToken: cancellationToken)),
            ("files", () => files.ExportUser(request, cancellationToken: cancellationToken)),
        ];
    }

    private IAsyncEnumerable<object> ReadProfile(Guid id) => db.Users.AsNoTracking().Where(u => u.Id == id)
        .Select(u => (object)new
        {
            u.Id,
            u.Email,
            u.Role,
            u.ShtpMaintainer,
            u.FirstName,
            u.LastName,
            u.PatronymicName,
            u.GroupId,
            Group = u.Group!.Name,
            u.LearningClass,
            u.NickName,
            u.Telegram,
            u.Github,
            u.Stepik,
            u.Kaggle,
            u.Website,
            u.TechStack,
            u.AboutText,
            u.AvatarPath,
            u.Rating,
            u.GoldMedals,
            u.SilverMedals,
            u.BronzeMedals,
            u.CreatedAt,
            u.UpdatedAt,
        }).AsAsyncEnumerable();

    private IAsyncEnumerable<object> ReadRating(Guid id) => db.RatingEntries.AsNoTracking().Where(e => e.UserId == id)
        .OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id)
        .Select(e => (object)new { e.Id, e.Points, e.Reason, e.AuthorId, e.Source, e.CreatedAt }).AsAsyncEnumerable();

    private IAsyncEnumerable<object> ReadAudit(Guid id, CancellationToken cancellationToken) => audits.ReadOfAsync(id, cancellationToken)
        .Select(entry => (object)new
        {
            At = entry.At.ToDateTime(),
            entry.Service,
            entry.Action,
            entry.Refused,
            ActorId = TextOf(entry.ActorId),
            ActorRole = entry.HasActorRole ? entry.ActorRole : (Role?)null,
            ActorService = TextOf(entry.ActorService),
            SubjectIds = entry.SubjectIds.ToArray(),
            ObjectKind = TextOf(entry.ObjectKind),
            ObjectId = TextOf(entry.ObjectId),
            Before = JsonOf(entry.Before),
            After = JsonOf(entry.After),
            Address = TextOf(entry.Address),
            RequestId = TextOf(entry.RequestId),
        });

    private static string? TextOf(string text) => text.Length == 0 ? null : text;

    private static JsonNode? JsonOf(string text) => text.Length == 0 ? null : JsonNode.Parse(text);

    private static async Task AddDocumentAsync(ZipArchive archive, string path, IAsyncEnumerable<object> rows, CancellationToken cancellationToken)
    {
        await using var entry = await archive.CreateEntry(path, CompressionLevel.Optimal).OpenAsync(cancellationToken);
        await ExportDocument.WriteAsync(entry, rows, cancellationToken);
    }

    private static async Task AddPiecesAsync(ZipArchive archive, string folder, Func<AsyncServerStreamingCall<ExportUserResponse>> call, CancellationToken cancellationToken)
    {
        using var running = call();
        Stream? entry = null;
        var path = "";
        try
        {
            await foreach (var piece in running.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (entry is null || piece.Path != path)
                {
                    if (entry is not null)
                        await entry.DisposeAsync();
                    path = piece.Path;
                    entry = await archive.CreateEntry($"{folder}/{path}", CompressionLevel.Optimal).OpenAsync(cancellationToken);
                }

                await entry.WriteAsync(piece.Content.Memory, cancellationToken);
            }
        }
        finally
        {
            if (entry is not null)
                await entry.DisposeAsync();
        }
    }
}
