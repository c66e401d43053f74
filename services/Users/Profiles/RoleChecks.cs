using ShTP.Api.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Profiles;

/// <summary>Checks roles in requests.</summary>
internal static class RoleChecks
{
    /// <summary>Protobuf enums can have any number.</summary>
    public static void Role(this FieldChecks checks, Role role, string field)
    {
        if (!Enum.IsDefined(role))
            checks.Add(field, "must be student, teacher or admin");
    }
}
