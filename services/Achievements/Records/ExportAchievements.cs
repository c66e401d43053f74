using System.Globalization;
using System.IO.Compression;
using System.Text;
using Google.Api;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Files.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Streams;

namespace ShTP.Achievements.Records;

/// <summary>A student's portfolio: the proofs and a list of the achievements, generated during the transfer.</summary>
internal sealed class ExportAchievements(AchievementsDb db, FilesInternal.FilesInternalClient files)
{
    private const string MediaType = "application/x-zip-compressed";
    private const int MaxAchievements = 1000;

    /// <exception cref="RpcException">As documented for ExportAchievements in achievements.proto.</exception>
    public async Task WriteAsync(IServerStreamWriter<HttpBody> answer, ServerCallContext context)
    {
        var caller = context.User();
        if (caller.Role != Role.Student)
            throw RpcErrors.Denied("Only for students");
        var cancellationToken = context.CancellationToken;
        var accepted = await db.Achievements.AsNoTracking().Where(a => a.UserId == caller.Id && a.Status == AchievementStatus.Accepted)
            .OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id).Take(MaxAchievements).ToListAsync(cancellationToken);
        if (accepted.Count == 0)
            throw RpcErrors.NotFound("You don't have achievements yet!");

        await HttpBodyStream.SendFileNameAsync(context, "achievements_dump.zip");
        await using var body = new HttpBodyStream(answer, MediaType, cancellationToken);
        await using (var archive = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellationToken))
        {
            var names = new EntryNames();
            var text = new StringBuilder("# Достижения\n");
            foreach (var achievement in accepted)
            {
                var name = names.Next(achievement.OriginalName, achievement.FileName);
                var hasFile = await AddFileAsync(archive, name, achievement.FileId, cancellationToken);
                text.Append(Describe(achievement, hasFile ? name : "нет"));
            }

            await using var list = await archive.CreateEntry("achievements.md", CompressionLevel.Optimal).OpenAsync(cancellationToken);
            await list.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        }

        await body.CompleteAsync();
    }

    /// <summary>False when the file does not exist: its owner is being deleted.</summary>
    private async Task<bool> AddFileAsync(ZipArchive archive, string name, Guid fileId, CancellationToken cancellationToken)
    {
        using var file = files.Read(new ReadRequest { FileId = fileId.ToString() }, cancellationToken: cancellationToken);
        var pieces = file.ResponseStream;
        bool hasPiece;
        try
        {
            hasPiece = await pieces.MoveNext(cancellationToken);
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.NotFound)
        {
            return false;
        }

        // Pictures and PDFs are compressed already, but what is stored as it is has no end that a reader of a stream could find.
        await using var entry = await archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        for (; hasPiece; hasPiece = await pieces.MoveNext(cancellationToken))
            await entry.WriteAsync(pieces.Current.Content.Memory, cancellationToken);
        return true;
    }

    private static string Describe(Achievement achievement, string fileName)
    {
        var type = achievement.EventType == EventType.Olimpiad ? "Олимпиада" : "Мероприятие";
        var date = achievement.CreatedAt.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);
        return $"""

            ## {MarkdownText.Escape(achievement.Title)}

            - Тип: {type}
            - Дата: {date}
            - Баллы: {achievement.Points}
            - Файл: {MarkdownText.Escape(fileName)}

            {MarkdownText.Escape(achievement.Description)}

            """;
    }
}
