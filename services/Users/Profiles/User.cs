using ShTP.Api.V1;
using ShTP.Rpc.Text;
using ShTP.Users.Groups;

namespace ShTP.Users.Profiles;

/// <summary>A user. The e-mail is a contact and a unique key here; credentials are in Auth.</summary>
internal sealed partial class User
{
    public const int MaxNameLength = 50;
    public const int MaxNickNameLength = 50;
    public const int MaxLinkLength = 100;
    public const int MaxAboutLength = 100;
    public const int MaxLearningClass = 11;
    public const string DefaultAvatar = "default.png";

    public required Guid Id { get; init; }

    /// <summary>Normalized by <see cref="EmailAddress"/>; older rows may have another spelling.</summary>
    public required string Email { get; set; }

    public Role Role { get; set; }

    /// <summary>Null when it was never set.</summary>
    public bool? ShtpMaintainer { get; set; }

    public required string FirstName { get; set; }

    public required string LastName { get; set; }

    public string? PatronymicName { get; set; }

    public required Guid GroupId { get; set; }

    public Group? Group { get; init; }

    public int LearningClass { get; set; }

    public string? NickName { get; set; }

    public string? Telegram { get; set; }

    public string? Github { get; set; }

    public string? Stepik { get; set; }

    public string? Kaggle { get; set; }

    public string? Website { get; set; }

    /// <summary>Comma-separated.</summary>
    public string? TechStack { get; set; }

    public string? AboutText { get; set; }

    /// <summary>File name under /storage/avatars/.</summary>
    public string AvatarPath { get; set; } = DefaultAvatar;

    /// <summary>The avatar in Files; null for the default one.</summary>
    public Guid? AvatarFileId { get; set; }

    /// <summary>The sum of the user's rating entries, changed together with them.</summary>
    public int Rating { get; set; }

    /// <summary>Number of medals, as last sent by Achievements.</summary>
    public int GoldMedals { get; set; }

    /// <inheritdoc cref="GoldMedals"/>
    public int SilverMedals { get; set; }

    /// <inheritdoc cref="GoldMedals"/>
    public int BronzeMedals { get; set; }

    /// <summary>The text for searches: see <see cref="SearchTextOf"/>.</summary>
    public string SearchText { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>The effective role: a maintainer counts as a teacher at least.</summary>
    public Role EffectiveRole => RoleInForce(Role, ShtpMaintainer);

    public static Role RoleInForce(Role role, bool? isMaintainer) =>
        isMaintainer == true && role < Role.Teacher ? Role.Teacher : role;

    /// <summary>Folded independently of the database's locale. The line break, which is in no name and no query word, prevents matches across name and e-mail.</summary>
    public static string SearchTextOf(string firstName, string lastName, string? patronymicName, string email) =>
        UnicodeText.Fold($"{firstName} {lastName} {patronymicName}\n{email}");

    /// <summary>Must be called after names were set.</summary>
    public void RefreshSearchText() => SearchText = SearchTextOf(FirstName, LastName, PatronymicName, Email);

    public V1.User ToProto(Group group)
    {
        var user = new V1.User
        {
            Uuid = Id.ToString(),
            Role = Role,
            Rating = Rating,
            LearningClass = LearningClass,
            Group = group.ToSummary(),
            GroupId = GroupId.ToString(),
            FirstName = FirstName,
            LastName = LastName,
            AvatarPath = AvatarPath,
            UserAvatarPath = AvatarPath,
            Medals = new V1.Medals { Gold = GoldMedals, Silver = SilverMedals, Bronze = BronzeMedals },
        };
        if (ShtpMaintainer is { } isMaintainer)
            user.ShtpMaintainer = isMaintainer;
        // Setters of optional strings do not accept null.
        if (NickName is not null)
            user.NickName = NickName;
        if (PatronymicName is not null)
            user.PatronymicName = PatronymicName;
        if (Telegram is not null)
            user.Telegram = Telegram;
        if (Github is not null)
            user.Github = Github;
        if (Stepik is not null)
            user.Stepik = Stepik;
        if (Kaggle is not null)
            user.Kaggle = Kaggle;
        if (Website is not null)
            user.Website = Website;
        if (TechStack is not null)
            user.TechStack = TechStack;
        if (AboutText is not null)
            user.AboutText = AboutText;
        return user;
    }
}
