using Google.Api;
using Google.Protobuf.Reflection;
using ShTP.Api.V1;
using ShTP.Protos;
using ShTP.Services.Tests.Access;
using Xunit;

namespace ShTP.Services.Tests.Audits;

/// <summary>Which RPCs are kept is derived from the contract, so that a new one is under it at once.</summary>
public sealed class AuditedRpcTests(RunningServices services) : IClassFixture<RunningServices>
{
    // What anybody does with what is their own, each read by a person: it is no matter of rights, and has a history of its own where it needs one.
    private static readonly HashSet<string> OfAnybody =
    [
        "AuthService.Refresh", "AuthService.CreateStreamTicket", "UsersService.SetAvatar",
        "AchievementsService.CreateAchievement", "AchievementsService.ResubmitAchievement",
        "EventsService.Register", "EventsService.Unregister", "EventsService.RenewCalendarAddress",
        "NotificationsService.MarkRead", "ContestsService.SubmitContest", "TasksService.SubmitChallenge",
    ];

    private static IEnumerable<MethodDescriptor> External => Contract.ShTP.Methods.Where(method => Contract.AccessOf(method) is { Internal: null });

    [Fact]
    public void Rpc_WithEffects_IsKept_OrNamedHere()
    {
        var open = External.Where(HasEffects).Where(method => Contract.AuditOf(method) == Audit.Unspecified).Select(NameOf).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(OfAnybody.Order(StringComparer.Ordinal), open);
    }

    [Fact]
    public void Rpc_OfStaffWithEffects_IsAlwaysKept()
    {
        var ofStaff = External.Where(HasEffects).Where(method => Contract.AccessOf(method)!.Level is Level.Teacher or Level.Admin).ToList();
        Assert.InRange(ofStaff.Count, 30, 1000);
        Assert.All(ofStaff, method => Assert.NotEqual(Audit.Unspecified, Contract.AuditOf(method)));
    }

    [Fact]
    public void Rpc_ThatExports_IsKept() => Assert.All(
        External.Where(method => method.Name.StartsWith("Export", StringComparison.Ordinal)), method => Assert.Equal(Audit.Call, Contract.AuditOf(method)));

    [Fact]
    public void Deletion_OfAUser_IsKeptByEachServiceThatIsTold()
    {
        var deletions = Contract.ShTP.Methods.Where(method => Contract.AccessOf(method)?.Internal is not null && method.Name is "DeleteUser" or "DeleteOwner").ToList();
        Assert.Equal(6, deletions.Count);
        Assert.All(deletions, method => Assert.NotEqual(Audit.Unspecified, Contract.AuditOf(method)));
    }

    /// <summary>What the contract says holds only where the interceptor is.</summary>
    [Fact]
    public void Service_WithRpcsThatAreKept_KeepsThem()
    {
        var areas = Contract.ShTP.Methods.Where(method => Contract.AuditOf(method) != Audit.Unspecified).Select(method => Contract.AreaOf(method.Service)).ToHashSet();
        Assert.Equal(7, areas.Count);
        Assert.All(areas, area => Assert.True(services.KeepsAudit(area), area));
    }

    private static string NameOf(MethodDescriptor method) => $"{method.Service.Name}.{method.Name}";

    private static bool HasEffects(MethodDescriptor method) =>
        Contract.RuleOf(method).PatternCase is HttpRule.PatternOneofCase.Post or HttpRule.PatternOneofCase.Put or HttpRule.PatternOneofCase.Patch or HttpRule.PatternOneofCase.Delete;
}
