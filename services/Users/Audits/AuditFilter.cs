using System.Collections.Frozen;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;
using ShTP.Rpc.Errors;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

namespace ShTP.Users.Audits;

/// <summary>Which entries of the audit are asked for.</summary>
/// <param name="Request">As every service is asked.</param>
/// <param name="Services">The services that are asked.</param>
internal sealed record AuditFilter(ListAuditRequest Request, IReadOnlyCollection<string> Services)
{
    /// <summary>The services that keep an audit.</summary>
    public static readonly FrozenSet<string> All =
    [
        ResourceNames.Auth, ResourceNames.Users, ResourceNames.Files, ResourceNames.Achievements, ResourceNames.Events, ResourceNames.Notifications, ResourceNames.Assignments,
    ];

    private const int MaxPage = 1000;
    private const int DefaultPage = 100;
    private const int MaxAction = 100;
    private const int MaxTime = 50;
    private const int MaxPlace = 100;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each fault.</exception>
    public static AuditFilter Read(ListEntriesRequest request)
    {
        var checks = new FieldChecks();
        var filter = Read(
            request.HasActor ? request.Actor : null, request.HasSubject ? request.Subject : null, request.HasAction ? request.Action : null,
            request.HasService ? request.Service : null, request.HasFrom ? request.From : null, request.HasTo ? request.To : null, checks);
        filter.Request.Limit = request.HasLimit ? request.Limit : DefaultPage;
        return filter.Continue(request.Before, checks);
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each fault.</exception>
    public static AuditFilter Read(ExportEntriesRequest request)
    {
        var checks = new FieldChecks();
        var filter = Read(
            request.HasActor ? request.Actor : null, request.HasSubject ? request.Subject : null, request.HasAction ? request.Action : null,
            request.HasService ? request.Service : null, request.HasFrom ? request.From : null, request.HasTo ? request.To : null, checks);
        filter.Request.Limit = MaxPage;
        return filter.Continue("", checks);
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each fault.</exception>
    public static AuditFilter Read(ListOwnEntriesRequest request, Guid user)
    {
        var filter = Concerning(user);
        filter.Request.Limit = request.HasLimit ? request.Limit : DefaultPage;
        return filter.Continue(request.Before, new FieldChecks());
    }

    /// <summary>What a user did and what others did to the user, in pages as large as may be.</summary>
    public static AuditFilter Concerning(Guid user) => new(new ListAuditRequest { Concerning = user.ToString(), Limit = MaxPage }, All);

    /// <summary>The place of an entry in the list of all services, as text: microseconds and the id.</summary>
    public static string PlaceOf(AuditEntry entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{(entry.At.ToDateTime() - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}.{entry.Uuid}");

    /// <summary>The same entries behind one of them.</summary>
    public AuditFilter Behind(AuditEntry entry)
    {
        var request = Request.Clone();
        request.Before = new AuditPlace { At = entry.At, Uuid = entry.Uuid };
        return this with { Request = request };
    }

    private static AuditFilter Read(string? actor, string? subject, string? action, string? service, string? from, string? to, FieldChecks checks)
    {
        var request = new ListAuditRequest();
        if (actor is not null)
            request.ActorId = checks.Uuid(actor, "actor").ToString();
        if (subject is not null)
            request.SubjectId = checks.Uuid(subject, "subject").ToString();
        if (action is not null)
        {
            checks.Text(action, 1, MaxAction, "action");
            request.Action = action;
        }

        if (service is not null && !All.Contains(service))
            checks.Add("service", $"must be one of {string.Join(", ", All.Order(StringComparer.Ordinal))}");
        request.From = ReadTime(from, "from", checks);
        request.To = ReadTime(to, "to", checks);
        return new AuditFilter(request, service is null ? All : [service]);
    }

    private static Timestamp? ReadTime(string? text, string field, FieldChecks checks)
    {
        if (text is null)
            return null;
        if (text.Length <= MaxTime && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return Timestamp.FromDateTimeOffset(time);
        checks.Add(field, "is not a time such as 2026-09-01T00:00:00Z");
        return null;
    }

    private AuditFilter Continue(string before, FieldChecks checks)
    {
        checks.Range(Request.Limit, 1, MaxPage, "limit");
        if (before.Length > 0)
            Request.Before = ReadPlace(before, checks);
        checks.ThrowIfInvalid();
        return this;
    }

    private static AuditPlace? ReadPlace(string text, FieldChecks checks)
    {
        if (text.Length <= MaxPlace && text.Split('.') is [var micros, var id] && long.TryParse(micros, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond && Guid.TryParseExact(id, "D", out _))
            return new AuditPlace { At = Timestamp.FromDateTime(DateTime.UnixEpoch.AddTicks(number * TimeSpan.TicksPerMicrosecond)), Uuid = id };
        checks.Add("before", "is no place in the list");
        return null;
    }
}
