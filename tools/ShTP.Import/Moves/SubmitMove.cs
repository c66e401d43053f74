using System.Text;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Import.OldDatabase;
using ShTP.Import.Uploads;

namespace ShTP.Import.Moves;

/// <summary>Submissions with their programs and results.</summary>
internal sealed class SubmitMove(Run run) : TableMove<ImportedSubmission>(run, OldTables.Submits)
{
    private const int MaxSourceBytes = 64 * 1024;
    private const int MaxStatus = 3;
    private const int Rejected = 3;
    private const int Checked = 2;
    private const string Unjudged = "Не проверено в прежней системе";

    // For repositories the old system stored only the link.
    private const string RepositoryFile = "repository";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    protected override ImportedSubmission Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        var status = row.Number("status", Checked);
        if (status is < 0 or > MaxStatus)
            row.Change("status", $"{status} became {Checked}");
        var submission = new ImportedSubmission
        {
            Uuid = row.Id.ToString(),
            UserId = ReadUser(row),
            TaskId = ReadKnown(row, "task_id", OldTables.Tasks, Run.Tasks),
            Rejected = status == Rejected,
            Solved = row.Bool("solved") ?? false,
            CreatedAt = createdAt,
            UpdatedAt = row.UpdatedAt(createdAt),
        };
        if (row.Reference("refered_contest", OldTables.Contests) is { } contest)
            submission.ContestId = contest.ToString();
        if (row.TextOrNull("git_commit_id") is { Length: > 0 } commit)
            submission.CommitId = commit;
        if (status is >= 0 and < Checked)
        {
            submission.Message = Unjudged;
            row.Change("status", "checked without results, since nobody judges it any more");
        }

        ReadSource(row, submission);
        if (OldResults.Read(row) is { } results)
        {
            submission.HasResults = true;
            submission.Results.Add(results);
        }

        return submission;
    }

    protected override Task<List<ImportResult>> SendAsync(IReadOnlyList<ImportedSubmission> messages, bool isDryRun, CancellationToken cancellationToken) =>
        Run.Target.ImportSubmissionsAsync(messages, isDryRun, cancellationToken);

    private string ReadUser(OldRow row)
    {
        var user = row.Reference("user_id", OldTables.Users);
        if (user is { } id && Run.Users.Contains(id))
            return id.ToString();
        row.RefuseUser("user_id", $"{row.TextOrNull("user_id") ?? "NULL"} of {OldTables.Users.Name} was not moved", user is { } gone && Run.DeletedUsers.Contains(gone));
        return "";
    }

    private static string ReadKnown(OldRow row, string column, OldTable other, HashSet<Guid> known)
    {
        if (row.Reference(column, other) is { } id && known.Contains(id))
            return id.ToString();
        row.Refuse(column, $"{row.TextOrNull(column) ?? "NULL"} of {other.Name} was not moved");
        return "";
    }

    private void ReadSource(OldRow row, ImportedSubmission submission)
    {
        var source = row.Text("source");
        if (source.Contains("://", StringComparison.Ordinal))
        {
            (submission.Repository, submission.FileName) = (source, RepositoryFile);
            return;
        }

        submission.FileName = source;
        submission.Language = Path.GetExtension(source).Equals(".cpp", StringComparison.OrdinalIgnoreCase) ? Language.Cpp : Language.Python;
        var (file, fault) = Run.Uploads.Find(UploadFolder.Sources, source);
        if (file?.Length > MaxSourceBytes)
            fault = $"'{source}' has {file.Length} bytes, at most {MaxSourceBytes} are kept";
        if (fault is null && TryReadText(file!, out fault) is { } text)
            submission.Source = text;
        else
            row.Change("source", $"no program: {fault}");
    }

    private static string? TryReadText(FileInfo file, out string? fault)
    {
        fault = null;
        try
        {
            var bytes = File.ReadAllBytes(file.FullName);
            return Utf8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes);
        }
        catch (DecoderFallbackException)
        {
            fault = $"'{file.Name}' is no text in UTF-8";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            fault = $"'{file.Name}' cannot be read: {unreadable.Message}";
        }

        return null;
    }
}
