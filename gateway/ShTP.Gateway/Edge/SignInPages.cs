namespace ShTP.Gateway.Edge;

/// <summary>The paths that Auth serves under the gateway's own address.</summary>
internal static class SignInPages
{
    private static readonly PathString[] Pages = ["/connect/authorize", "/connect/app", "/connect/logout", "/sign-in", "/sign-out"];
    private static readonly PathString[] Others = ["/connect", "/.well-known/openid-configuration"];

    /// <summary>Pages have cookies and forms, so they get no CORS headers.</summary>
    public static bool IsPage(PathString path) => IsBelow(path, Pages);

    /// <summary>Whether Auth sets the security headers of the response itself.</summary>
    public static bool Owns(PathString path) => IsPage(path) || IsBelow(path, Others);

    // Called for every request, so it must not allocate.
    private static bool IsBelow(PathString path, PathString[] roots)
    {
        foreach (var root in roots)
        {
            if (path.StartsWithSegments(root))
                return true;
        }

        return false;
    }
}
