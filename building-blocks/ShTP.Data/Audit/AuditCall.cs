using System.Diagnostics;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using ShTP.Api.V1;
using ShTP.Rpc.Access;

namespace ShTP.Data.Audit;

/// <summary>The call that is being served, for its entry in the audit: who calls, from where, and what it changed so far.</summary>
public sealed class AuditCall
{
    private static readonly AsyncLocal<AuditCall?> Serving = new();

    private readonly HashSet<Guid> _subjects = [];

    private AuditCall()
    {
    }

    internal string? Action { get; private init; }

    internal Guid? ActorId { get; private init; }

    internal Role? ActorRole { get; private init; }

    internal string? ActorService { get; private init; }

    internal string? Address { get; private init; }

    internal string? RequestId { get; private init; }

    /// <summary>Whether all changes of the call belong to its entry, which is written at its end.</summary>
    internal bool IsWhole { get; private init; }

    /// <summary>Whether its entry was added, or has none.</summary>
    internal bool IsSettled { get; set; }

    internal AuditChangeSet Changes { get; } = new();

    internal IEnumerable<Guid> Subjects => _subjects;

    internal static AuditCall? Current => Serving.Value;

    /// <summary>Says whom the call that is being served is about, where its changes do not say it.</summary>
    public static void About(params IEnumerable<Guid> users) => Current?._subjects.UnionWith(users);

    /// <summary>Says that the call that is being served needs no entry, since it did nothing that is kept.</summary>
    public static void KeepNothing()
    {
        if (Current is { } call)
            call.IsSettled = true;
    }

    /// <summary>Serves a request without gRPC: where it comes from is kept with what is recorded during it.</summary>
    public static void Serve(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        Serving.Value = new AuditCall
        {
            Address = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString(),
            RequestId = Fit(context.Request.Headers["x-request-id"].ToString(), AuditEntry.MaxRequestId),
        };
    }

    /// <summary>The call of an RPC that is kept, which all its code finds in <see cref="Current"/>.</summary>
    internal static AuditCall Begin(AuditedRpc rpc, ServerCallContext context)
    {
        var user = context.UserOrNull();
        // Only the gateway's own headers: it sets them anew for each call.
        var told = context.RequestHeaders.GetValue("x-forwarded-for");
        return Serving.Value = new AuditCall
        {
            Action = rpc.Action,
            IsWhole = !rpc.IsByHandler,
            ActorId = user?.Id,
            ActorRole = user?.Role,
            ActorService = rpc.IsInternal ? context.CallingService() : null,
            Address = IPAddress.TryParse(told, out var address) ? address.ToString() : null,
            RequestId = Fit(context.RequestHeaders.GetValue("x-request-id"), AuditEntry.MaxRequestId),
        };
    }

    internal static string? TraceId => Activity.Current?.TraceId.ToHexString();

    private static string? Fit(string? text, int length) => string.IsNullOrEmpty(text) ? null : text.Length > length ? text[..length] : text;
}
