namespace ShTP.Users.Import;

/// <summary>Columns of an import, in the order of the layout without a header.</summary>
internal enum ImportColumn
{
    FirstName,
    LastName,
    Email,
    Role,
    Password,
    LearningClass,
    GroupName,
}
