using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Api.V1;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Testing.Fakes;

/// <summary>Stands for Users: knows people and their groups, and remembers what it hears.</summary>
public sealed class FakeUsers : UsersInternal.UsersInternalBase
{
    private const int MaxSummaries = 1000;

    private readonly ConcurrentDictionary<Guid, bool> _groups = new();
    private int _outages;

    /// <summary>Rows are exchanged, see <see cref="Change"/>, never changed: an answer may just be sent.</summary>
    public ConcurrentDictionary<Guid, UserSummary> People { get; } = new();

    /// <summary>The first admin by e-mail.</summary>
    public ConcurrentDictionary<string, Guid> Admins { get; } = new();

    /// <summary>The users of each question for summaries.</summary>
    public Heard<string[]> Asked { get; } = new();

    public Heard<AddRatingRequest> Ratings { get; } = new();

    public HeldAudit Audit { get; } = new();

    public Heard<SetMedalsRequest> Medals { get; } = new();

    /// <summary>Whoever asks for one of these is told that Users is away.</summary>
    public ConcurrentDictionary<Guid, bool> AwayFor { get; } = new();

    /// <summary>Runs after an identity was found and before it is sent.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    /// <summary>Calls of EnsureFirstAdmin that still fail.</summary>
    public int Outages
    {
        get => Volatile.Read(ref _outages);
        set => Volatile.Write(ref _outages, value);
    }

    public Guid Add(Guid? group = null, string firstName = "Ада", string lastName = "Лавлейс", int learningClass = 10)
    {
        var id = Guid.NewGuid();
        People[id] = new UserSummary
        {
            Uuid = id.ToString(),
            FirstName = firstName,
            LastName = lastName,
            AvatarPath = "default.png",
            GroupId = (group ?? AddGroup()).ToString(),
            LearningClass = learningClass,
            Role = Role.Student,
        };
        return id;
    }

    public Guid[] Add(int count) => [.. Enumerable.Range(0, count).Select(_ => Add())];

    /// <summary>A new group, which the members move to.</summary>
    public Guid AddGroup(params IEnumerable<Guid> members)
    {
        var group = Guid.NewGuid();
        _groups[group] = true;
        foreach (var member in members)
            Change(member, person => person.GroupId = group.ToString());
        return group;
    }

    public void Change(Guid user, Action<UserSummary> change)
    {
        var changed = People[user].Clone();
        change(changed);
        People[user] = changed;
    }

    /// <summary>Somebody with this id has this role, whether known before or not.</summary>
    public void Set(Guid user, Role role) => People[user] = new UserSummary { Uuid = user.ToString(), FirstName = "Ada", LastName = "Lovelace", Role = role };

    public override async Task<GetIdentityResponse> GetIdentity(GetIdentityRequest request, ServerCallContext context)
    {
        var person = People.GetValueOrDefault(Guid.Parse(request.UserId)) ?? throw RpcErrors.NotFound("gone");
        if (BeforeAnswer is { } before)
            await before();
        return new GetIdentityResponse { Role = person.Role, FirstName = person.FirstName, LastName = person.LastName };
    }

    public override Task<Empty> KeepAuditAnchor(KeepAuditAnchorRequest request, ServerCallContext context) => Audit.KeepAsync(request, context);

    public override Task<EnsureFirstAdminResponse> EnsureFirstAdmin(EnsureFirstAdminRequest request, ServerCallContext context)
    {
        if (Interlocked.Decrement(ref _outages) >= 0)
            throw RpcErrors.Unavailable("not yet");
        var id = Admins.GetOrAdd(request.Email, _ => Guid.NewGuid());
        Set(id, Role.Admin);
        return Task.FromResult(new EnsureFirstAdminResponse { UserId = id.ToString() });
    }

    public override Task<GetSummariesResponse> GetSummaries(GetSummariesRequest request, ServerCallContext context)
    {
        if (request.UserIds.Count > MaxSummaries)
            throw RpcErrors.InvalidField("userIds", $"must be between 0 and {MaxSummaries}");
        Asked.Add(context, request.UserIds.ToArray());
        var ids = request.UserIds.Select(Guid.Parse).ToList();
        if (ids.Exists(AwayFor.ContainsKey))
            throw RpcErrors.Unavailable("away");
        return Task.FromResult(new GetSummariesResponse { Users = { ids.Select(id => People.GetValueOrDefault(id)).OfType<UserSummary>() } });
    }

    public override Task<ListUserIdsResponse> ListUserIds(ListUserIdsRequest request, ServerCallContext context)
    {
        if (request.RequireGroups && request.GroupIds.FirstOrDefault(group => !_groups.ContainsKey(Guid.Parse(group))) is { } unknown)
            throw RpcErrors.NotFound($"Group with such uuid not found: {unknown}");
        var ids = People.Where(person => request.Everyone || request.GroupIds.Contains(person.Value.GroupId)).SelectMany(person => person.Key.ToByteArray(bigEndian: true));
        return Task.FromResult(new ListUserIdsResponse { UserIds = ByteString.CopyFrom([.. ids]) });
    }

    public override Task<Empty> AddRating(AddRatingRequest request, ServerCallContext context)
    {
        Ratings.Add(context, request);
        return Task.FromResult(new Empty());
    }

    public override Task<Empty> SetMedals(SetMedalsRequest request, ServerCallContext context)
    {
        Medals.Add(context, request);
        return Task.FromResult(new Empty());
    }
}
