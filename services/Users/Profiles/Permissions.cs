using ShTP.Api.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Profiles;

/// <summary>Permissions of staff: teachers manage students, admins manage all users, and only admins change roles.</summary>
internal static class Permissions
{
    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED: only admins create teachers and admins.</exception>
    public static void RequireMayCreate(CurrentUser caller, Role role)
    {
        if (!MayCreate(caller, role))
            throw RpcErrors.Denied("Only admins create teachers and admins");
    }

    public static bool MayCreate(CurrentUser caller, Role role) => caller.IsAdmin || (caller.IsStaff && role == Role.Student);

    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED: a teacher changes a teacher or an admin.</exception>
    public static void RequireMayManage(CurrentUser caller, User target)
    {
        if (!caller.IsAdmin && (!caller.IsStaff || target.EffectiveRole > Role.Student))
            throw RpcErrors.Denied("Only admins manage teachers and admins");
    }
}
