using ShTP.ServiceDefaults.Errors;

namespace ShTP.Users.Profiles;

/// <summary>Names of people and groups: one line.</summary>
internal static class NameChecks
{
    /// <summary>Requires a name and gives it without white space around it.</summary>
    public static string Name(this FieldChecks checks, string text, int min, int max, string field)
    {
        var name = text.Trim();
        checks.Text(name, min, max, field);
        if (name.Length <= max && name.AsSpan().ContainsAny('\n', '\r', '\t'))
            checks.Add(field, "must not contain tabs or line breaks");
        return name;
    }
}
