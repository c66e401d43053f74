using Google.Api;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;
using ShTP.Users.Export;
using ShTP.Users.Import;
using ShTP.Users.Profiles;
using ShTP.Users.V1;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Users;

/// <summary>Profiles, their rating and the leaderboard.</summary>
internal sealed class UsersService(
    UsersDb db, CreateUser creation, ImportUsers import, UpdateUser update, SetAvatar avatars, DeleteUser deletion, ListRatingEntries ratings,
    ExportUserData export, ResetPassword passwords, ChangeEmail emails, KeptAnswers answers, UnreadNotifications notifications) : V1.UsersService.UsersServiceBase
{
    private const int MaxPage = 5000;
    private const int DefaultLeaders = 10;
    private const int MaxLeaders = 100;
    private const int MaxQueryLength = 100;
    private const int MaxFound = 100;

    public override async Task<V1.User> GetMe(GetMeRequest request, ServerCallContext context)
    {
        var id = context.User().Id;
        var unread = notifications.AnyAsync(id, context.CancellationToken);
        var me = (await FindProfileAsync(id, () => RpcErrors.Denied("No login"), context.CancellationToken)).Clone();
        me.NewNotifications = await unread;
        return me;
    }

    public override async Task<ListUsersResponse> ListUsers(ListUsersRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : MaxPage;
        checks.Range(limit, 1, MaxPage, "limit");
        var isContinued = request.After.Length > 0;
        var after = isContinued ? checks.Uuid(request.After, "after") : Guid.Empty;
        checks.ThrowIfInvalid();
        Guid? start = isContinued ? after : null;
        return await answers.Lists.GetAsync((start, limit), () => ReadPageAsync(start, limit, context.CancellationToken), context.CancellationToken);
    }

    public override async Task<V1.User> CreateUser(CreateUserRequest request, ServerCallContext context) =>
        await creation.CreateAsync(request, context.User(), context.CancellationToken);

    public override async Task<ImportUsersResponse> ImportUsers(ImportUsersRequest request, ServerCallContext context) =>
        await import.ImportAsync(request, context.User(), context.CancellationToken);

    public override async Task<UpdateUserResponse> UpdateUser(UpdateUserRequest request, ServerCallContext context) =>
        await update.UpdateAsync(request, context.User(), context.CancellationToken);

    public override async Task<SetAvatarResponse> SetAvatar(SetAvatarRequest request, ServerCallContext context) =>
        new() { Avatar = await avatars.SetAsync(request.Avatar, context.User().Id, context.CancellationToken) };

    public override async Task<GetLeaderboardResponse> GetLeaderboard(GetLeaderboardRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : DefaultLeaders;
        checks.Range(limit, 1, MaxLeaders, "limit");
        checks.ThrowIfInvalid();
        return await answers.Leaderboards.GetAsync(limit, () => ReadLeadersAsync(limit, context.CancellationToken), context.CancellationToken);
    }

    public override async Task<SearchUsersResponse> SearchUsers(SearchUsersRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        if (!request.HasQuery)
            checks.Add("query", "field required");
        checks.Text(request.Query, 0, MaxQueryLength, "query");
        checks.ThrowIfInvalid();

        var rows = await Find(UnicodeText.Fold(request.Query)).AsNoTracking()
            .OrderBy(u => u.LastName).ThenBy(u => u.FirstName).ThenBy(u => u.Id)
            .Take(MaxFound).Select(ProfileRows.Row).ToListAsync(context.CancellationToken);
        return new SearchUsersResponse { Users = { rows } };
    }

    public override async Task<V1.User> GetUser(GetUserRequest request, ServerCallContext context)
    {
        if (Guid.TryParseExact(request.Id, "D", out var id))
            return await FindProfileAsync(id, NoSuchUser, context.CancellationToken);
        var nickName = UnicodeText.Compose(request.Id);
        if (!NickNames.IsPossible(nickName))
            throw NoSuchUser();
        return await db.Users.AsNoTracking().Where(u => u.NickName == nickName).Select(ProfileRows.Profile).SingleOrDefaultAsync(context.CancellationToken) ?? throw NoSuchUser();
    }

    public override async Task<Empty> DeleteUser(V1.DeleteUserRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        await deletion.DeleteAsync(id, context.User(), context.CancellationToken);
        return new Empty();
    }

    public override async Task<ResetPasswordResponse> ResetPassword(ResetPasswordRequest request, ServerCallContext context)
    {
        var card = await passwords.ResetAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.User(), context.CancellationToken);
        return new ResetPasswordResponse { Email = card.Email, Password = card.Password };
    }

    public override async Task<UserEmail> GetEmail(GetEmailRequest request, ServerCallContext context) =>
        new() { Email = await emails.FindAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.User(), context.CancellationToken) };

    public override async Task<UserEmail> ChangeEmail(ChangeEmailRequest request, ServerCallContext context) =>
        new() { Email = await emails.ChangeAsync(request, context.User(), context.CancellationToken) };

    public override async Task<ListRatingEntriesResponse> ListRatingEntries(ListRatingEntriesRequest request, ServerCallContext context) =>
        await ratings.ReadAsync(request, context.User(), context.CancellationToken);

    public override Task ExportUserData(ExportUserDataRequest request, IServerStreamWriter<HttpBody> responseStream, ServerCallContext context) =>
        export.WriteAsync(request.Uuid, responseStream, context);

    private Task<V1.User> FindProfileAsync(Guid id, Func<RpcException> missing, CancellationToken cancellationToken) => answers.Profiles.GetAsync(id, async () =>
        await db.Users.AsNoTracking().Where(u => u.Id == id).Select(ProfileRows.Profile).SingleOrDefaultAsync(cancellationToken) ?? throw missing(), cancellationToken);

    private async Task<ListUsersResponse> ReadPageAsync(Guid? after, int limit, CancellationToken cancellationToken)
    {
        var users = db.Users.AsNoTracking();
        if (after is { } id)
        {
            var createdAt = await db.Users.Where(u => u.Id == id).Select(u => (DateTimeOffset?)u.CreatedAt).SingleOrDefaultAsync(cancellationToken)
                ?? throw RpcErrors.InvalidField("after", "there is no user with this uuid");
            users = users.Where(u => EF.Functions.GreaterThan(ValueTuple.Create(u.CreatedAt, u.Id), ValueTuple.Create(createdAt, id)));
        }

        var rows = await users.OrderBy(u => u.CreatedAt).ThenBy(u => u.Id).Take(limit + 1).Select(ProfileRows.Row).ToListAsync(cancellationToken);
        var page = rows.ToPage(limit);
        return new ListUsersResponse { Users = { page.Rows }, Next = page.Next(user => user.Uuid) };
    }

    private async Task<GetLeaderboardResponse> ReadLeadersAsync(int limit, CancellationToken cancellationToken)
    {
        var rows = await db.Users.AsNoTracking().Where(u => u.Rating > 0)
            .OrderByDescending(u => u.Rating).ThenBy(u => u.LastName).ThenBy(u => u.FirstName).ThenBy(u => u.Id)
            .Take(limit).Select(ProfileRows.Leader).ToListAsync(cancellationToken);
        return new GetLeaderboardResponse { Users = { rows } };
    }

    // The index finds candidates by grams, and LIKE on the text decides. Wildcards are escaped. Words may have any order.
    private IQueryable<User> Find(string query)
    {
        var words = query.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return db.Users;
        var grams = words.SelectMany(SearchGrams.Of).Distinct().ToArray();
        var found = db.Users.FromSql($"SELECT * FROM users WHERE shtp_grams(search_text) @> {grams}");
        return words.Aggregate(found, (users, word) => users.Where(u => u.SearchText.Contains(word)));
    }

    private static RpcException NoSuchUser() => RpcErrors.NotFound("User with such uuid/nickname not found");
}
