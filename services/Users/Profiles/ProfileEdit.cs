using Google.Protobuf.WellKnownTypes;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>The changes of a user's own profile: checked once, applied to the locked user.</summary>
internal sealed class ProfileEdit
{
    internal const int MaxTechnologies = 30;
    internal const int MaxTechnologyLength = 50;

    private static readonly string[] ScriptSchemes = ["javascript:", "data:", "vbscript:"];

    private readonly List<Action<User, UpdateUserResponse>> _steps = [];

    public ProfileEdit(UpdateUserRequest request, FieldChecks checks)
    {
        if (request.HasAboutText)
            AboutText(request.AboutText, checks);
        if (request.HasNickName)
            NickName(UnicodeText.Compose(request.NickName.Trim()), checks);
        Links(request, checks);
        if (request.TechStack is not null)
            TechStack(request.TechStack, checks);
    }

    public bool IsEmpty => _steps.Count == 0;

    /// <summary>Applies all changes and copies them to the response.</summary>
    public void Apply(User user, UpdateUserResponse answer) => _steps.ForEach(step => step(user, answer));

    internal static void CheckLink(FieldChecks checks, string link, string field)
    {
        checks.Text(link, 0, User.MaxLinkLength, field);
        // Clients use it as the target of a link without checks. Browsers skip line breaks and tabs in a scheme.
        var scheme = string.Concat(link.Where(c => !char.IsControl(c)));
        if (ScriptSchemes.Any(script => scheme.StartsWith(script, StringComparison.OrdinalIgnoreCase)))
            checks.Add(field, "must not be a script");
    }

    private void AboutText(string text, FieldChecks checks)
    {
        checks.Text(text, 0, User.MaxAboutLength, "aboutText");
        _steps.Add((user, answer) => user.AboutText = answer.AboutText = text);
    }

    private void NickName(string nickName, FieldChecks checks)
    {
        NickNames.Check(checks, nickName, "nickName");
        _steps.Add((user, answer) =>
        {
            answer.NickName = nickName;
            user.NickName = nickName.Length > 0 ? nickName : null;
        });
    }

    private void Links(UpdateUserRequest request, FieldChecks checks)
    {
        var links = request.SocialLinks ?? new SocialLinks();
        Link("github", checks, [(links.HasGithub, links.Github), (links.HasUserGithub, links.UserGithub), (request.HasUserGithub, request.UserGithub)],
            (user, answer, link) => user.Github = answer.Github = link);
        Link("telegram", checks, [(links.HasTelegram, links.Telegram), (links.HasUserTelegram, links.UserTelegram), (request.HasUserTelegram, request.UserTelegram)],
            (user, answer, link) => user.Telegram = answer.Telegram = link);
        Link("stepik", checks, [(links.HasStepik, links.Stepik), (links.HasUserStepik, links.UserStepik), (request.HasUserStepik, request.UserStepik)],
            (user, answer, link) => user.Stepik = answer.Stepik = link);
        Link("kaggle", checks, [(links.HasKaggle, links.Kaggle), (links.HasUserKaggle, links.UserKaggle), (request.HasUserKaggle, request.UserKaggle)],
            (user, answer, link) => user.Kaggle = answer.Kaggle = link);
        Link("website", checks, [(links.HasWebsite, links.Website), (links.HasUserWebsite, links.UserWebsite), (request.HasUserWebsite, request.UserWebsite)],
            (user, answer, link) => user.Website = answer.Website = link);
    }

    // The clients use three spellings; the first one that is sent counts.
    private void Link(string name, FieldChecks checks, ReadOnlySpan<(bool IsGiven, string Value)> spellings, Action<User, UpdateUserResponse, string> apply)
    {
        var alias = $"user{char.ToUpperInvariant(name[0])}{name[1..]}";
        string[] fields = [$"socialLinks.{name}", $"socialLinks.{alias}", alias];
        for (var i = 0; i < spellings.Length; i++)
        {
            if (!spellings[i].IsGiven)
                continue;
            var link = spellings[i].Value.Trim();
            CheckLink(checks, link, fields[i]);
            _steps.Add((user, answer) => apply(user, answer, link));
            return;
        }
    }

    private void TechStack(ListValue list, FieldChecks checks)
    {
        // Splitting an empty text gives one empty item.
        var items = list.Values.Index().Where(item => item.Item.KindCase != Value.KindOneofCase.StringValue || !string.IsNullOrWhiteSpace(item.Item.StringValue)).ToList();
        if (items.Count > MaxTechnologies)
            checks.Add("techStack", $"must have at most {MaxTechnologies} items");
        var words = new List<string>();
        foreach (var (index, value) in items.Take(MaxTechnologies))
        {
            var field = $"techStack[{index}]";
            if (value.KindCase != Value.KindOneofCase.StringValue)
                checks.Add(field, "must be a string");
            else if (value.StringValue.Contains(',', StringComparison.Ordinal))
                checks.Add(field, "must not contain a comma");
            else
                words.Add(checks.Name(value.StringValue, 1, MaxTechnologyLength, field));
        }

        var text = string.Join(',', words);
        _steps.Add((user, answer) => user.TechStack = answer.TechStack = text);
    }
}
