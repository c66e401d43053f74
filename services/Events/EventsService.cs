using System.Security.Cryptography;
using Google.Api;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Events.Calendars;
using ShTP.Events.School;
using ShTP.Events.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Streams;

namespace ShTP.Events;

/// <summary>Events of the school, their registrations and the calendars of users.</summary>
internal sealed class EventsService(
    EventsDb db, EventPages pages, Audience audience, EventChanges changes, Registrations registrations, Participants participants,
    CalendarAddresses addresses, CalendarFile calendar) : V1.EventsService.EventsServiceBase
{
    public override async Task<ListSchoolEventsResponse> ListSchoolEvents(ListSchoolEventsRequest request, ServerCallContext context)
    {
        var page = await pages.ListPublicAsync(request.After, context.UserOrNull()?.Id, context.CancellationToken);
        return new ListSchoolEventsResponse { Events = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<ListUpcomingResponse> ListUpcoming(ListUpcomingRequest request, ServerCallContext context)
    {
        var page = await pages.ListUpcomingAsync(request.After, context.User(), context.CancellationToken);
        return new ListUpcomingResponse { Events = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<ListPastResponse> ListPast(ListPastRequest request, ServerCallContext context)
    {
        var page = await pages.ListPastAsync(request.After, context.User(), context.CancellationToken);
        return new ListPastResponse { Events = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<ListMineResponse> ListMine(ListMineRequest request, ServerCallContext context)
    {
        var page = await pages.ListMineAsync(request.After, context.User().Id, context.CancellationToken);
        return new ListMineResponse { Events = { page.Rows }, Next = page.Next(PlaceOf) };
    }

    public override async Task<V1.Event> GetEvent(GetEventRequest request, ServerCallContext context)
    {
        var row = await db.FindRowAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.User().Id, context.CancellationToken);
        if (row is null || row.Registration is null && !await audience.IncludesAsync(row.Event, context.User(), context.CancellationToken))
            throw NoSuchEvent();
        return row.ToProto();
    }

    public override async Task<V1.Event> CreateEvent(CreateEventRequest request, ServerCallContext context) =>
        await changes.CreateAsync(request, context.User(), context.CancellationToken);

    public override async Task<V1.Event> UpdateEvent(UpdateEventRequest request, ServerCallContext context) =>
        await changes.UpdateAsync(request, context.User(), context.CancellationToken);

    public override async Task<V1.Event> CancelEvent(CancelEventRequest request, ServerCallContext context) =>
        await changes.CancelAsync(request, context.User(), context.CancellationToken);

    public override async Task<V1.Registration> Register(RegisterRequest request, ServerCallContext context) =>
        await registrations.RegisterAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.User(), context.CancellationToken);

    public override async Task<Empty> Unregister(UnregisterRequest request, ServerCallContext context)
    {
        await registrations.UnregisterAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.User().Id, context.CancellationToken);
        return new Empty();
    }

    public override async Task<ListParticipantsResponse> ListParticipants(ListParticipantsRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        Guid? after = request.After.Length > 0 ? checks.Uuid(request.After, "after") : null;
        checks.ThrowIfInvalid();
        var page = await participants.ReadPageAsync(id, after, context.CancellationToken);
        return new ListParticipantsResponse { Participants = { page.Rows }, Next = page.Next(participant => participant.Uuid) };
    }

    public override async Task<HttpBody> ExportParticipants(ExportParticipantsRequest request, ServerCallContext context)
    {
        var rows = await participants.ReadAllAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken);
        await HttpBodyStream.SendFileNameAsync(context, "participants.csv");
        return new HttpBody { ContentType = "text/csv; charset=utf-8", Data = Participants.ToCsv(rows) };
    }

    public override async Task<V1.CalendarAddress> GetCalendarAddress(GetCalendarAddressRequest request, ServerCallContext context) =>
        new() { Path = await addresses.GetAsync(context.User().Id, context.CancellationToken) };

    public override async Task<V1.CalendarAddress> RenewCalendarAddress(RenewCalendarAddressRequest request, ServerCallContext context) =>
        new() { Path = await addresses.RenewAsync(context.User().Id, context.CancellationToken) };

    public override async Task<HttpBody> GetCalendar(GetCalendarRequest request, ServerCallContext context)
    {
        var user = await addresses.FindUserAsync(request.File, context.CancellationToken) ?? throw RpcErrors.NotFound("No such calendar");
        var file = await calendar.WriteAsync(user, context.CancellationToken);
        await context.WriteResponseHeadersAsync(
        [
            new("content-disposition", "attachment;filename=shtp.ics"),
            new("cache-control", "private, max-age=300"),
            new("etag", $"\"{Convert.ToHexStringLower(SHA256.HashData(file.Span)[..16])}\""),
        ]);
        return new HttpBody { ContentType = "text/calendar; charset=utf-8", Data = file };
    }

    internal static RpcException NoSuchEvent() => RpcErrors.NotFound("No such event");

    private static string PlaceOf(V1.Event row) => row.Uuid;
}
