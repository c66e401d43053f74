using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Data;
using ShTP.Data.Caching;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Users.Pages;
using ShTP.Users.Profiles;
using ShTP.Users.V1;
using Group = ShTP.Users.Groups.Group;

namespace ShTP.Users;

/// <summary>Groups of students.</summary>
internal sealed partial class GroupsService(UsersDb db, ResetPassword passwords, PasswordCards cards, KeptAnswers answers, TimeProvider clock) : V1.GroupsService.GroupsServiceBase
{
    internal const int MaxGroups = 1000;

    public override async Task<ListGroupsResponse> ListGroups(ListGroupsRequest request, ServerCallContext context)
    {
        var groups = await db.Groups.AsNoTracking().OrderBy(g => g.CreatedAt).ThenBy(g => g.Id).Take(MaxGroups)
            .Select(g => g.ToSummary()).ToListAsync(context.CancellationToken);
        return new ListGroupsResponse { Groups = { groups } };
    }

    public override async Task<V1.Group> GetGroup(GetGroupRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var group = await db.Groups.AsNoTracking().SingleOrDefaultAsync(g => g.Id == id, context.CancellationToken);
        return group?.ToProto() ?? throw NoSuchGroup();
    }

    public override async Task<V1.Group> CreateGroup(CreateGroupRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var (name, color) = (CheckName(checks, request.Name), CheckColor(checks, request.Color));
        checks.ThrowIfInvalid();
        return await db.InTransactionAsync(async cancellation =>
        {
            await LockCountAsync(db, cancellation);
            if (await db.Groups.CountAsync(cancellation) >= MaxGroups)
                throw RpcErrors.WrongState($"There are {MaxGroups} groups already; delete some without members first");
            var now = clock.Now();
            var group = new Group { Id = Guid.CreateVersion7(now), Name = name, Color = color, CreatedAt = now, UpdatedAt = now };
            db.Groups.Add(group);
            await db.SaveChangesAsync(cancellation);
            return group.ToProto();
        }, context.CancellationToken);
    }

    public override async Task<V1.Group> UpdateGroup(UpdateGroupRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        var name = request.HasName ? CheckName(checks, request.Name) : null;
        var color = request.HasColor ? CheckColor(checks, request.Color) : null;
        checks.ThrowIfInvalid();
        if (name is null && color is null)
            throw RpcErrors.Invalid("Nothing to update");
        var group = await LockAsync(id, context.CancellationToken) ?? throw NoSuchGroup();
        (group.Name, group.Color, group.UpdatedAt) = (name ?? group.Name, color ?? group.Color, clock.Now());
        await db.SaveChangesAsync(context.CancellationToken);
        db.AfterCommit(() => answers.DropAll());
        return await GetGroup(new GetGroupRequest { Uuid = request.Uuid }, context);
    }

    public override async Task<HttpBody> ResetGroupPasswords(ResetGroupPasswordsRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        if (!await db.Groups.AnyAsync(g => g.Id == id, context.CancellationToken))
            throw NoSuchGroup();
        var page = await cards.WriteAsync(await passwords.ResetGroupAsync(id, context.User(), context.CancellationToken));
        await context.WriteResponseHeadersAsync([new("content-disposition", "attachment;filename=passwords.html"), new("cache-control", "no-store")]);
        return new HttpBody { ContentType = "text/html; charset=utf-8", Data = page };
    }

    public override async Task<Empty> DeleteGroup(DeleteGroupRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        if (await LockAsync(id, context.CancellationToken) is not { } group)
            return new Empty();
        try
        {
            db.Groups.Remove(group);
            await db.SaveChangesAsync(context.CancellationToken);
        }
        catch (DbUpdateException fault) when (fault.InnerException is PostgresException cause && cause.IsReferenceViolation())
        {
            throw RpcErrors.WrongState("The group has members; move or delete them first");
        }

        return new Empty();
    }

    /// <summary>Serializes counting and creating groups.</summary>
    internal static Task LockCountAsync(UsersDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.GroupCount})", cancellationToken);

    // Read before it is written: the audit keeps what was there. Locked, so that a second caller finds what the first one left.
    private Task<Group?> LockAsync(Guid id, CancellationToken cancellationToken) =>
        db.Groups.FromSql($"SELECT * FROM groups WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);

    internal static string CheckColor(FieldChecks checks, string text)
    {
        var color = text.Trim();
        checks.Text(color, 1, Group.MaxColorLength, "color");
        // Clients put it into a style unchecked.
        if (color.Length is > 0 and <= Group.MaxColorLength && !CssColor().IsMatch(color))
            checks.Add("color", "is not a colour as CSS writes one");
        return color;
    }

    private static string CheckName(FieldChecks checks, string text) => checks.Name(text, 1, Group.MaxNameLength, "name");

    private static RpcException NoSuchGroup() => RpcErrors.NotFound(TakenKeys.NoSuchGroup);

    [GeneratedRegex(@"\A[#a-zA-Z0-9(),.%/ -]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex CssColor();
}
