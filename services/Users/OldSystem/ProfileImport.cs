using Microsoft.EntityFrameworkCore;
using ShTP.Data;
using ShTP.Rpc.Errors;
using ShTP.OldSystem;
using ShTP.Users.Profiles;
using ShTP.Users.V1;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Users.OldSystem;

/// <summary>Imports users without messages to other services; the import tool moves credentials separately.</summary>
internal sealed class ProfileImport(UsersDb db, TimeProvider clock) : RowImport<ImportedProfile, User>(db)
{
    private const string NoName = "—";
    private const int MaxTechStack = 1600;

    /// <summary>The ledger entry for the rating in the old system.</summary>
    private const string RatingReason = "Рейтинг из прежней системы";

    private const string RatingSource = "import";

    /// <summary>Unique values, which are removed from a user when another one has them.</summary>
    private static readonly (string Field, string Property, Func<User, string?> Get, Action<User> Clear)[] Unique =
    [
        ("nick_name", nameof(User.NickName), user => user.NickName, user => user.NickName = null),
        ("telegram", nameof(User.Telegram), user => user.Telegram, user => user.Telegram = null),
        ("github", nameof(User.Github), user => user.Github, user => user.Github = null),
        ("stepik", nameof(User.Stepik), user => user.Stepik, user => user.Stepik = null),
        ("kaggle", nameof(User.Kaggle), user => user.Kaggle, user => user.Kaggle = null),
        ("website", nameof(User.Website), user => user.Website, user => user.Website = null),
    ];

    // Files creates a new name whenever it stores an avatar; medals did not exist in the old system.
    protected override IReadOnlyCollection<string> Ignored =>
        [nameof(User.AvatarPath), nameof(User.AvatarFileId), nameof(User.GoldMedals), nameof(User.SilverMedals), nameof(User.BronzeMedals), nameof(User.SearchText)];

    protected override string UuidOf(ImportedProfile row) => row.Uuid;

    protected override Task<HashSet<Guid>> FindDeletedAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.DeletedUsers.Where(deleted => ids.Contains(deleted.Id)).Select(deleted => deleted.Id).ToHashSetAsync(cancellationToken);

    protected override User Read(ImportedProfile row, Guid id, RowNotes notes)
    {
        notes.Checks.Role(row.Role, "role");
        var user = new User
        {
            Id = id,
            Email = notes.Checks.Email(row.Email, "email"),
            Role = row.Role,
            ShtpMaintainer = row.HasShtpMaintainer ? row.ShtpMaintainer : null,
            FirstName = notes.FitLine(row.FirstName, User.MaxNameLength, "first_name", NoName),
            LastName = notes.FitLine(row.LastName, User.MaxNameLength, "last_name", NoName),
            PatronymicName = row.HasPatronymicName ? notes.FitLine(row.PatronymicName, User.MaxNameLength, "patronymic_name") : null,
            GroupId = notes.Checks.Uuid(row.GroupId, "group_id"),
            LearningClass = notes.Clamp(row.LearningClass, 0, User.MaxLearningClass, "learning_class"),
            NickName = ReadNickName(row, notes),
            Telegram = ReadLink(row.HasTelegram, row.Telegram, "telegram", notes),
            Github = ReadLink(row.HasGithub, row.Github, "github", notes),
            Stepik = ReadLink(row.HasStepik, row.Stepik, "stepik", notes),
            Kaggle = ReadLink(row.HasKaggle, row.Kaggle, "kaggle", notes),
            Website = ReadLink(row.HasWebsite, row.Website, "website", notes),
            TechStack = row.HasTechStack ? ReadTechStack(row.TechStack, notes) : null,
            AboutText = row.HasAboutText ? notes.Fit(row.AboutText, User.MaxAboutLength, "about_text") : null,
            Rating = row.Rating,
            CreatedAt = notes.Time(row.CreatedAt, "created_at"),
            UpdatedAt = notes.Time(row.UpdatedAt, "updated_at"),
        };
        if (row.Avatar is not null)
            (user.AvatarFileId, user.AvatarPath) = (notes.Checks.Uuid(row.Avatar.FileId, "avatar"), row.Avatar.Name);
        user.RefreshSearchText();
        return user;
    }

    protected override async Task MatchAsync(IReadOnlyList<ImportRow<User>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        await RefuseTakenEmailsAsync(rows, cancellationToken);
        if (!isDryRun)
            await RequireGroupsAsync(rows, cancellationToken);
        foreach (var (field, property, get, clear) in Unique)
        {
            var values = rows.Where(row => !row.IsRefused).Select(row => get(row.Wanted)).Where(value => !string.IsNullOrEmpty(value)).ToList();
            var holders = await db.Users.Where(u => values.Contains(EF.Property<string?>(u, property)))
                .Select(u => new { u.Id, Value = EF.Property<string>(u, property) }).ToDictionaryAsync(holder => holder.Value, holder => holder.Id, cancellationToken);
            foreach (var row in rows.Where(row => !row.IsRefused))
            {
                if (get(row.Wanted) is not { Length: > 0 } value || holders.TryAdd(value, row.Id) || holders[value] == row.Id)
                    continue;
                row.Notes.Drop(field, value, $"{holders[value]} has it");
                clear(row.Wanted);
            }
        }
    }

    protected override async Task StoreAsync(IReadOnlyList<User> entities, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        foreach (var user in entities)
        {
            var rating = user.Rating;
            user.Rating = 0;
            db.Users.Add(user);
            if (user.AvatarFileId is { } file)
                SetAvatar.EnqueueClaim(db, user.Id, file);
            if (rating != 0)
                Enter(user, rating, now);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    // The entry was created now, but the user's last change is that of the old system.
    private void Enter(User user, int rating, DateTimeOffset now)
    {
        var changedAt = user.UpdatedAt;
        db.EnterRating(user, rating, RatingReason, author: null, RatingSource, now);
        user.UpdatedAt = changedAt;
    }

    private async Task RefuseTakenEmailsAsync(IReadOnlyList<ImportRow<User>> rows, CancellationToken cancellationToken)
    {
        var emails = rows.Select(row => row.Wanted.Email).ToList();
        var holders = await db.Users.Where(u => emails.Contains(u.Email)).Select(u => new { u.Id, u.Email })
            .ToDictionaryAsync(holder => holder.Email, holder => holder.Id, cancellationToken);
        foreach (var row in rows)
        {
            if (!holders.TryAdd(row.Wanted.Email, row.Id) && holders[row.Wanted.Email] != row.Id)
                row.Notes.Checks.Add("email", $"{holders[row.Wanted.Email]} has it already");
        }
    }

    private async Task RequireGroupsAsync(IReadOnlyList<ImportRow<User>> rows, CancellationToken cancellationToken)
    {
        var wanted = rows.Where(row => row.IsNew).Select(row => row.Wanted.GroupId).Distinct().ToList();
        var known = await db.Groups.Where(g => wanted.Contains(g.Id)).Select(g => g.Id).ToHashSetAsync(cancellationToken);
        foreach (var row in rows.Where(row => row.IsNew && !known.Contains(row.Wanted.GroupId)))
            row.Notes.Checks.Add("group_id", $"there is no group {row.Wanted.GroupId}");
    }

    private static string? ReadNickName(ImportedProfile row, RowNotes notes)
    {
        var nickName = row.NickName.Trim();
        if (nickName.Length == 0)
            return null;
        var checks = new FieldChecks();
        NickNames.Check(checks, nickName, "nick_name");
        if (checks.Faults is null)
            return nickName;
        notes.Drop("nick_name", nickName, checks.Faults);
        return null;
    }

    private static string? ReadLink(bool isGiven, string text, string field, RowNotes notes)
    {
        if (!isGiven)
            return null;
        var link = text.Trim();
        var checks = new FieldChecks();
        ProfileEdit.CheckLink(checks, link, field);
        if (checks.Faults is null)
            return link;
        notes.Drop(field, link, checks.Faults);
        return null;
    }

    private static string ReadTechStack(string text, RowNotes notes)
    {
        var all = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var kept = all.Where(item => item.Length <= ProfileEdit.MaxTechnologyLength && !item.Any(char.IsControl)).Take(ProfileEdit.MaxTechnologies).ToList();
        if (kept.Count < all.Length)
            notes.Drop("tech_stack", string.Join(',', all.Except(kept)), $"at most {ProfileEdit.MaxTechnologies} of at most {ProfileEdit.MaxTechnologyLength} characters are kept");
        return notes.Fit(string.Join(',', kept), MaxTechStack, "tech_stack");
    }
}
