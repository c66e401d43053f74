namespace ShTP.Gateway.Edge;

/// <summary>The paths that Auth serves under the gateway's own address.</summary>
internal static class SignInPages
{
    private static readonly PathString[] Pages = ["/connect/authorize", "/sign-in", "/sign-out"];
    private static readonly PathString[] Others = ["/connect", "/.well-known/openid-configuration"];

    /// <summary>Pages have a cookie and forms, so other origins get no access to them.</summary>
    public static bool IsPage(PathString path) => IsBelow(path, Pages);

    /// <summary>Whether Auth sets the security headers of the response itself.</summary>
    public static bool Owns(PathString path) => IsPage(path) || IsBelow(path, Others);

    // Of every request, so without anything that allocates.
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
