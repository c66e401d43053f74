namespace ShTP.Services.Tests.Access;

/// <summary>
/// Who may call what, written down a second time: an RPC that is new, gone or opened to others by its option fails
/// the matrix until a person has changed this table.
/// </summary>
internal static class ExpectedAccess
{
    public const string Public = "public";
    public const string SignedIn = "signed in";
    public const string Teacher = "teacher";
    public const string Admin = "admin";
    public const string Refresh = "refresh token";

    /// <summary>By RPC path: a level, or the calling services separated by spaces after "internal:".</summary>
    public static readonly IReadOnlyDictionary<string, string> Table = new Dictionary<string, string>
    {
        ["/shtp.auth.v1.AuthService/Login"] = Public,
        ["/shtp.auth.v1.AuthService/Refresh"] = Refresh,
        ["/shtp.auth.v1.AuthService/Logout"] = SignedIn,
        ["/shtp.auth.v1.AuthService/ListSessions"] = SignedIn,
        ["/shtp.auth.v1.AuthService/RevokeSession"] = SignedIn,
        ["/shtp.auth.v1.AuthService/RevokeOtherSessions"] = SignedIn,
        ["/shtp.auth.v1.AuthService/GetJwks"] = Public,
        ["/shtp.auth.v1.AuthService/RotateSigningKey"] = Admin,
        ["/shtp.auth.v1.AuthInternal/WatchRevocations"] = "internal: gateway",
        ["/shtp.auth.v1.AuthInternal/HashPasswords"] = "internal: users",
        ["/shtp.auth.v1.AuthInternal/SetCredentials"] = "internal: users",
        ["/shtp.auth.v1.AuthInternal/ChangePassword"] = "internal: users",
        ["/shtp.auth.v1.AuthInternal/ExpireAccessTokens"] = "internal: users",
        ["/shtp.auth.v1.AuthInternal/DeleteUser"] = "internal: users",

        ["/shtp.users.v1.UsersService/GetMe"] = SignedIn,
        ["/shtp.users.v1.UsersService/ListUsers"] = Teacher,
        ["/shtp.users.v1.UsersService/CreateUser"] = Teacher,
        ["/shtp.users.v1.UsersService/ImportUsers"] = Teacher,
        ["/shtp.users.v1.UsersService/UpdateUser"] = SignedIn,
        ["/shtp.users.v1.UsersService/SetAvatar"] = SignedIn,
        ["/shtp.users.v1.UsersService/GetLeaderboard"] = Public,
        ["/shtp.users.v1.UsersService/SearchUsers"] = Teacher,
        ["/shtp.users.v1.UsersService/GetUser"] = Public,
        ["/shtp.users.v1.UsersService/DeleteUser"] = Teacher,
        ["/shtp.users.v1.UsersService/ListRatingEntries"] = SignedIn,
        ["/shtp.users.v1.UsersInternal/GetIdentity"] = "internal: auth",
        ["/shtp.users.v1.UsersInternal/EnsureFirstAdmin"] = "internal: auth",
        ["/shtp.users.v1.UsersInternal/GetSummaries"] = "internal: achievements events notifications assignments",
        ["/shtp.users.v1.UsersInternal/AddRating"] = "internal: achievements assignments",
        ["/shtp.users.v1.GroupsService/ListGroups"] = Teacher,
        ["/shtp.users.v1.GroupsService/GetGroup"] = Public,
        ["/shtp.users.v1.GroupsService/CreateGroup"] = Teacher,
        ["/shtp.users.v1.GroupsService/UpdateGroup"] = Teacher,
        ["/shtp.users.v1.GroupsService/DeleteGroup"] = Teacher,

        ["/shtp.files.v1.FilesService/GetUsage"] = SignedIn,
        ["/shtp.files.v1.FilesInternal/Store"] = "internal: gateway achievements assignments",
        ["/shtp.files.v1.FilesInternal/GetFile"] = "internal: users achievements assignments",
        ["/shtp.files.v1.FilesInternal/Claim"] = "internal: users achievements assignments",
        ["/shtp.files.v1.FilesInternal/Release"] = "internal: users achievements assignments",
        ["/shtp.files.v1.FilesInternal/DeleteOwner"] = "internal: users",
        ["/shtp.files.v1.FilesInternal/Read"] = "internal: achievements assignments",
    };
}
