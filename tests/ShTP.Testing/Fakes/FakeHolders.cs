using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;

namespace ShTP.Testing.Fakes;

/// <summary>Stands for Achievements.</summary>
public sealed class FakeAchievements : Achievements.V1.AchievementsInternal.AchievementsInternalBase
{
    public HeldData Held { get; } = new("achievements");

    public HeldAudit Audit { get; } = new();

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) => Audit.ListAsync(request);

    public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => Held.ForgetAsync(request.UserId, context);

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        Held.ExportAsync(request, responseStream);
}

/// <summary>Stands for Events.</summary>
public sealed class FakeEvents : Events.V1.EventsInternal.EventsInternalBase
{
    public HeldData Held { get; } = new("events");

    public HeldAudit Audit { get; } = new();

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) => Audit.ListAsync(request);

    public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => Held.ForgetAsync(request.UserId, context);

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        Held.ExportAsync(request, responseStream);
}

/// <summary>Stands for Assignments.</summary>
public sealed class FakeAssignments : Assignments.V1.AssignmentsInternal.AssignmentsInternalBase
{
    public HeldData Held { get; } = new("assignments");

    public HeldAudit Audit { get; } = new();

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) => Audit.ListAsync(request);

    public override Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context) => Held.ForgetAsync(request.UserId, context);

    public override Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context) =>
        Held.ExportAsync(request, responseStream);
}
