using ShTP.Api.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Profiles;

/// <summary>Roles as clients send them.</summary>
internal static class RoleChecks
{
    /// <summary>Protobuf carries any number as an enum.</summary>
    public static void Role(this FieldChecks checks, Role role, string field)
    {
        if (!Enum.IsDefined(role))
            checks.Add(field, "must be student, teacher or admin");
    }
}
