using System.Globalization;
using ShTP.Api.V1;
using ShTP.ServiceDefaults.Access;
using ShTP.ServiceDefaults.Errors;
using ShTP.Users.Profiles;

namespace ShTP.Users.Import;

/// <summary>A row of the file that is right as far as the file alone can tell.</summary>
internal sealed record ImportRow(
    int Number, string FirstName, string LastName, string Email, Role Role, string Password, int LearningClass, string GroupName)
{
    /// <summary>Checks a record; null, and its faults in <paramref name="faults"/>, when it is not right.</summary>
    public static ImportRow? Read(ImportRecord record, ImportLayout layout, CurrentUser caller, ImportFaults faults)
    {
        if (record.IsBroken)
            return faults.Add(record.Number, "the quotes are broken");
        if (record.Cells.Length < layout.Width || record.Cells.Skip(layout.Width).Any(cell => cell.Length > 0))
            return faults.Add(record.Number, $"has {record.Cells.Length} columns, {layout.Width} are expected");

        var checks = new RowChecks(record.Number, faults);
        var row = new ImportRow(
            record.Number,
            checks.Line(layout.Cell(record.Cells, ImportColumn.FirstName), 1, User.MaxNameLength, ImportColumn.FirstName),
            checks.Line(layout.Cell(record.Cells, ImportColumn.LastName), 1, User.MaxNameLength, ImportColumn.LastName),
            ReadEmail(layout.Cell(record.Cells, ImportColumn.Email), checks),
            ReadRole(layout.Cell(record.Cells, ImportColumn.Role), caller, checks),
            checks.Line(layout.Raw(record.Cells, ImportColumn.Password), UserCreation.MinPasswordLength, UserCreation.MaxPasswordLength, ImportColumn.Password),
            ReadClass(layout.Cell(record.Cells, ImportColumn.LearningClass), checks),
            checks.Line(layout.Cell(record.Cells, ImportColumn.GroupName), 1, Groups.Group.MaxNameLength, ImportColumn.GroupName));
        return checks.HasFaults ? null : row;
    }

    private static string ReadEmail(string cell, RowChecks checks)
    {
        if (FieldChecks.TryNormalizeEmail(cell, out var email))
            return email;
        checks.Add(ImportColumn.Email, "value is not a valid email address");
        return "";
    }

    private static Role ReadRole(string cell, CurrentUser caller, RowChecks checks)
    {
        if (cell.Length == 0)
            return Role.Student;
        if (!Enum.TryParse<Role>(cell, ignoreCase: true, out var role) || !char.IsLetter(cell[0]) || !Enum.IsDefined(role))
            checks.Add(ImportColumn.Role, "must be student, teacher or admin");
        else if (!Permissions.MayCreate(caller, role))
            checks.Add(ImportColumn.Role, "only admins create teachers and admins");
        return role;
    }

    private static int ReadClass(string cell, RowChecks checks)
    {
        if (cell.Length == 0)
            return 0;
        if (!int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > User.MaxLearningClass)
            checks.Add(ImportColumn.LearningClass, $"must be a number between 0 and {User.MaxLearningClass}");
        return number;
    }

    private sealed class RowChecks(int number, ImportFaults faults)
    {
        public bool HasFaults { get; private set; }

        public void Add(ImportColumn column, string reason)
        {
            HasFaults = true;
            faults.Add(number, column, reason);
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
