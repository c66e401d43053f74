using ShTP.Auth.Apps;
using ShTP.Data.Audit;

namespace ShTP.Auth.OpenId;

/// <summary>The entry of the audit for a sign-in at another site by one of the pages.</summary>
internal static class SiteAccess
{
    public static AuditFact Of(Guid user, Guid app) => new(nameof(SiteAccess))
    {
        ActorId = user,
        SubjectIds = [user],
        ObjectKind = nameof(App),
        ObjectId = app.ToString(),
    };
}
