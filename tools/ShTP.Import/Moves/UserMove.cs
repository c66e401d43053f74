using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Import.OldDatabase;
using ShTP.Import.Reporting;
using ShTP.Import.Uploads;
using ShTP.Rpc.Text;
using ShTP.Users.V1;

namespace ShTP.Import.Moves;

/// <summary>Moves users with their avatars and credentials.</summary>
internal sealed class UserMove(Run run) : TableMove<ImportedProfile>(run, OldTables.Users)
{
    private const string DefaultAvatar = "default.png";
    private const string CredentialsTable = "credentials";
    private const string FilesTable = $"{UploadFolder.Avatars} (files)";

    private static readonly string[] Roles = ["student", "teacher", "admin"];

    /// <summary>For users whose group does not exist: every user needs a group.</summary>
    private static readonly Group NoGroup = new()
    {
        Uuid = StableIds.Of(OldTables.Groups.Name, "no group").ToString(),
        Name = "Без группы",
        Color = "#607d8b",
        CreatedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        UpdatedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
    };

    // Of all users: in a dry run the service cannot see the rows of other batches.
    private readonly Dictionary<string, string> _keysByEmail = [];
    private bool _hasNoGroup;

    protected override bool HasFiles => true;

    protected override ImportedProfile Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        var profile = new ImportedProfile
        {
            Uuid = row.Id.ToString(),
            Email = ReadEmail(row),
            Role = (Role)row.Choice("role", Roles, 0),
            FirstName = row.Text("first_name"),
            LastName = row.Text("last_name"),
            GroupId = ReadGroup(row),
            LearningClass = row.Number("learning_class", 0),
            Rating = row.Number("rating", 0),
            CreatedAt = createdAt,
            UpdatedAt = row.UpdatedAt(createdAt),
        };
        if (row.Bool("shtp_maintainer") is { } isMaintainer)
            profile.ShtpMaintainer = isMaintainer;
        Set(row, "patronymic_name", text => profile.PatronymicName = text);
        Set(row, "nick_name", text => profile.NickName = text);
        Set(row, "telegram", text => profile.Telegram = text);
        Set(row, "github", text => profile.Github = text);
        Set(row, "stepik", text => profile.Stepik = text);
        Set(row, "kaggle", text => profile.Kaggle = text);
        Set(row, "website", text => profile.Website = text);
        Set(row, "tech_stack", text => profile.TechStack = text);
        Set(row, "about_text", text => profile.AboutText = text);
        return profile;
    }

    protected override async Task<List<ImportResult>> SendAsync(IReadOnlyList<ImportedProfile> messages, bool isDryRun, CancellationToken cancellationToken)
    {
        if (!_hasNoGroup && messages.Any(profile => profile.GroupId == NoGroup.Uuid))
            await MakeNoGroupAsync(cancellationToken);
        return await Run.Target.ImportProfilesAsync(messages, isDryRun, cancellationToken);
    }

    protected override async Task BringFilesAsync(OldRow row, ImportedProfile message, CancellationToken cancellationToken)
    {
        if (row.TextOrNull("avatar_path") is not { Length: > 0 } name || name == DefaultAvatar)
            return;
        var (file, fault) = Run.Uploads.Find(UploadFolder.Avatars, name);
        UploadedFile? avatar = null;
        if (file is not null)
            (avatar, fault) = await Run.Files.StoreAsync(row.Id, "avatar", name, file.OpenRead, cancellationToken);
        if (avatar is null)
            row.Change("avatar_path", $"the default avatar: {fault}");
        else if (!Run.IsDryRun)
            message.Avatar = avatar;
        await Run.Report.WriteAsync(FilesTable, row.Key, row.Id, fault is null ? Outcome.Moved : Outcome.Refused, [fault ?? name]);
    }

    protected override async Task OnThereAsync(IReadOnlyList<(OldRow Row, ImportedProfile Message)> rows, CancellationToken cancellationToken)
    {
        Run.Users.UnionWith(rows.Select(entry => entry.Row.Id));
        foreach (var (row, profile) in rows)
            _keysByEmail.TryAdd(Normalize(profile.Email), row.Key);
        var credentials = rows.Select(entry => new Credentials { UserId = entry.Message.Uuid, Email = entry.Message.Email, PasswordHash = entry.Row.Text("password") }).ToList();
        var results = await Run.Target.ImportCredentialsAsync(credentials, Run.IsDryRun, cancellationToken);
        foreach (var (entry, result) in rows.Zip(results))
        {
            var outcome = result.Outcome switch
            {
                ImportOutcome.Moved => Outcome.Moved,
                ImportOutcome.Present => Outcome.Present,
                ImportOutcome.Different => Outcome.Different,
                ImportOutcome.Deleted => Outcome.Deleted,
                _ => Outcome.Refused,
            };
            await Run.Report.WriteAsync(CredentialsTable, entry.Row.Key, entry.Row.Id, outcome, result.Remarks);
        }
    }

    protected override void OnDeleted(OldRow row) => Run.DeletedUsers.Add(row.Id);

    private static void Set(OldRow row, string column, Action<string> set)
    {
        if (row.TextOrNull(column) is { } text)
            set(text);
    }

    private static string Normalize(string email) => EmailAddress.TryNormalize(email, out var normal) ? normal : email;

    private string ReadEmail(OldRow row)
    {
        var email = row.Text("email").Trim();
        if (_keysByEmail.TryGetValue(Normalize(email), out var other) && other != row.Key)
            row.Refuse("email", $"{other} has it already");
        return email;
    }

    private string ReadGroup(OldRow row)
    {
        var group = row.Reference("group_id", OldTables.Groups);
        if (group is { } id && Run.Groups.Contains(id))
            return id.ToString();
        row.Change("group_id", $"{NoGroup.Name}, since {(group is null ? "there is none" : $"the group {row.Text("group_id")} was not moved")}");
        return NoGroup.Uuid;
    }

    private async Task MakeNoGroupAsync(CancellationToken cancellationToken)
    {
        var result = (await Run.Target.ImportGroupsAsync([NoGroup], Run.IsDryRun, cancellationToken))[0];
        var outcome = result.Outcome switch
        {
            ImportOutcome.Moved => Outcome.Changed,
            ImportOutcome.Refused => Outcome.Refused,
            // The group may have been renamed since.
            _ => Outcome.Present,
        };
        await Run.Report.WriteAsync(OldTables.Groups.Name, NoGroup.Uuid, null, outcome, ["made for people whose group is gone", .. result.Remarks]);
        _hasNoGroup = true;
    }
}
