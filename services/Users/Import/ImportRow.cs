using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using ShTP.Api.V1;
using ShTP.Localization;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;
using ShTP.Users.Profiles;

namespace ShTP.Users.Import;

/// <summary>A row that passed the checks that need no database.</summary>
internal sealed partial record ImportRow(
    int Number, string FirstName, string LastName, string Email, Role Role, string Password, int LearningClass, string GroupName)
{
    private static readonly FrozenDictionary<string, Role> Roles = new Dictionary<string, Role>
    {
        ["student"] = Role.Student,
        ["ученик"] = Role.Student,
        ["ученица"] = Role.Student,
        ["студент"] = Role.Student,
        ["студентка"] = Role.Student,
        ["teacher"] = Role.Teacher,
        ["учитель"] = Role.Teacher,
        ["преподаватель"] = Role.Teacher,
        ["admin"] = Role.Admin,
        ["администратор"] = Role.Admin,
    }.ToFrozenDictionary(role => UnicodeText.Fold(role.Key), role => role.Value);

    /// <summary>Checks a record. Returns null, and its faults in <paramref name="faults"/>, when it is not valid.</summary>
    public static ImportRow? Read(ImportRecord record, ImportLayout layout, CurrentUser caller, ImportFaults faults)
    {
        var email = layout.Cell(record.Cells, ImportColumn.Email);
        if (record.IsBroken)
            return faults.Add(record.Number, email, "the quotes are broken");
        if (!layout.Fits(record.Cells))
            return faults.Add(record.Number, email, $"has {record.Cells.Length} columns, {layout.Width} are expected");

        var checks = new RowChecks(record.Number, email, faults);
        var row = new ImportRow(
            record.Number,
            checks.Name(layout.Cell(record.Cells, ImportColumn.FirstName), 1, User.MaxNameLength, ImportColumn.FirstName),
            checks.Name(layout.Cell(record.Cells, ImportColumn.LastName), 1, User.MaxNameLength, ImportColumn.LastName),
            ReadEmail(email, checks),
            ReadRole(layout.Cell(record.Cells, ImportColumn.Role), caller, checks),
            checks.Line(layout.Raw(record.Cells, ImportColumn.Password), CreateUser.MinPasswordLength, CreateUser.MaxPasswordLength, ImportColumn.Password),
            ReadClass(layout.Cell(record.Cells, ImportColumn.LearningClass), checks),
            checks.Name(layout.Cell(record.Cells, ImportColumn.GroupName), 1, Groups.Group.MaxNameLength, ImportColumn.GroupName));
        return checks.HasFaults ? null : row;
    }

    private static string ReadEmail(string cell, RowChecks checks)
    {
        if (EmailAddress.TryNormalize(cell, out var email))
            return email;
        var faults = new FieldChecks();
        faults.Visible(cell, "");
        checks.Add(ImportColumn.Email, faults.Faults is { } fault ? LocalizedText.Verbatim(fault[": ".Length..]) : "value is not a valid email address");
        return "";
    }

    private static Role ReadRole(string cell, CurrentUser caller, RowChecks checks)
    {
        if (cell.Length == 0)
            return Role.Student;
        if (!Roles.TryGetValue(UnicodeText.Fold(cell), out var role))
            checks.Add(ImportColumn.Role, "must be student, teacher or admin");
        else if (!Permissions.MayCreate(caller, role))
            checks.Add(ImportColumn.Role, "teachers and admins are created by admins only");
        return role;
    }

    private static int ReadClass(string cell, RowChecks checks)
    {
        if (cell.Length == 0)
            return 0;
        // Spreadsheets write 10 as 10.0 or 10,00.
        if (!int.TryParse(Fraction().Replace(cell, ""), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > User.MaxLearningClass)
            checks.Add(ImportColumn.LearningClass, $"must be a number between 0 and {User.MaxLearningClass}");
        return number;
    }

    [GeneratedRegex(@"[.,]0+\z")]
    private static partial Regex Fraction();

    private sealed class RowChecks(int number, string email, ImportFaults faults)
    {
        public bool HasFaults { get; private set; }

        public void Add(ImportColumn column, LocalizedText reason)
        {
            HasFaults = true;
            faults.Add(number, email, column, reason);
        }

        public string Name(string cell, int min, int max, ImportColumn column)
        {
            var name = Line(UnicodeText.Compose(cell), min, max, column);
            var hidden = new FieldChecks();
            hidden.Visible(name, "");
            if (hidden.Faults is { } fault)
                Add(column, LocalizedText.Verbatim(fault[": ".Length..]));
            return name;
        }

        public string Line(string cell, int min, int max, ImportColumn column)
        {
            if (cell.Length < min || cell.Length > max)
                Add(column, $"must have {min} to {max} characters");
            else if (cell.Any(char.IsControl))
                Add(column, "must not contain control characters or line breaks");
            return cell;
        }
    }
}
