using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using ShTP.ServiceDefaults.Errors;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>What users may change of themselves, as a request asks for it: checked once, applied to a locked user.</summary>
internal sealed class ProfileEdit
{
    internal const int MaxTechnologies = 30;
    internal const int MaxTechnologyLength = 50;

    private static readonly string[] ScriptSchemes = ["javascript:", "data:", "vbscript:"];

    private readonly List<Action<User, UpdateUserResponse>> steps = [];

    public ProfileEdit(UpdateUserRequest request, FieldChecks checks)
    {
        if (request.HasAboutText)
            AboutText(request.AboutText, checks);
        if (request.HasNickName)
            NickName(request.NickName.Trim(), checks);
        Links(request, checks);
        if (request.TechStack is not null)
            TechStack(request.TechStack, checks);
    }

    public bool IsEmpty => steps.Count == 0;

    /// <summary>Writes everything, and into the answer what was written.</summary>
    public void Apply(User user, UpdateUserResponse answer) => steps.ForEach(step => step(user, answer));

    internal static void CheckLink(FieldChecks checks, string link, string field)
    {
        checks.Text(link, 0, User.MaxLinkLength, field);
        // Clients make it the target of a link as it is. Browsers skip line breaks and tabs in a scheme.
        var scheme = string.Concat(link.Where(c => !char.IsControl(c)));
        if (ScriptSchemes.Any(script => scheme.StartsWith(script, StringComparison.OrdinalIgnoreCase)))
            checks.Add(field, "must not be a script");
    }

    private void AboutText(string text, FieldChecks checks)
    {
        checks.Text(text, 0, User.MaxAboutLength, "aboutText");
        steps.Add((user, answer) => user.AboutText = answer.AboutText = text);
    }

    private void NickName(string nickName, FieldChecks checks)
    {
        NickNames.Check(checks, nickName, "nickName");
        steps.Add((user, answer) =>
        {
            answer.NickName = nickName;
            user.NickName = nickName.Length > 0 ? nickName : null;
        });
    }

    private void Links(UpdateUserRequest request, FieldChecks checks)
    {
        var links = request.SocialLinks ?? new SocialLinks();
        if (Link(links.HasGithub, links.Github, request.HasUserGithub, request.UserGithub, "github", checks, out var github))
            steps.Add((user, answer) => user.Github = answer.Github = github);
        if (Link(links.HasTelegram, links.Telegram, request.HasUserTelegram, request.UserTelegram, "telegram", checks, out var telegram))
            steps.Add((user, answer) => user.Telegram = answer.Telegram = telegram);
        if (Link(links.HasStepik, links.Stepik, request.HasUserStepik, request.UserStepik, "stepik", checks, out var stepik))
            steps.Add((user, answer) => user.Stepik = answer.Stepik = stepik);
        if (Link(links.HasKaggle, links.Kaggle, request.HasUserKaggle, request.UserKaggle, "kaggle", checks, out var kaggle))
            steps.Add((user, answer) => user.Kaggle = answer.Kaggle = kaggle);
        if (Link(links.HasWebsite, links.Website, request.HasUserWebsite, request.UserWebsite, "website", checks, out var website))
            steps.Add((user, answer) => user.Website = answer.Website = website);
    }

    private static bool Link(
        bool isGiven, string value, bool isAliasGiven, string alias, string name, FieldChecks checks, [NotNullWhen(true)] out string? link)
    {
        link = isGiven ? value.Trim() : isAliasGiven ? alias.Trim() : null;
        if (link is null)
            return false;
        var field = isGiven ? $"socialLinks.{name}" : $"user{char.ToUpperInvariant(name[0])}{name[1..]}";
        CheckLink(checks, link, field);
        return true;
    }

    private void TechStack(ListValue list, FieldChecks checks)
    {
        if (list.Values.Count > MaxTechnologies)
            checks.Add("techStack", $"must have at most {MaxTechnologies} items");
        foreach (var (index, value) in list.Values.Take(MaxTechnologies).Index())
        {
            var field = $"techStack[{index}]";
            if (value.KindCase != Value.KindOneofCase.StringValue)
                checks.Add(field, "must be a string");
            else if (value.StringValue.Contains(',', StringComparison.Ordinal))
                checks.Add(field, "must not contain a comma");
            else
                checks.Text(value.StringValue.Trim(), 1, MaxTechnologyLength, field);
        }

        var text = string.Join(',', list.Values.Take(MaxTechnologies).Select(value => value.StringValue.Trim()));
        steps.Add((user, answer) => user.TechStack = answer.TechStack = text);
    }
}
