using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Services.Tests.Events;

/// <summary>Stands for Users: knows who is in which group, and counts how often it is asked.</summary>
public sealed class FakeUsers : UsersInternal.UsersInternalBase
{
    private readonly ConcurrentDictionary<string, UserSummary> _users = new();
    private readonly ConcurrentDictionary<string, bool> _groups = new();

    /// <summary>The users of each question for summaries.</summary>
    public ConcurrentQueue<string[]> Asked { get; } = new();

    public Guid AddGroup()
    {
        var group = Guid.NewGuid();
        _groups[group.ToString()] = true;
        return group;
    }

    public Guid Add(Guid? group = null, string firstName = "Имя", string lastName = "Фамилия", int learningClass = 9)
    {
        var id = Guid.NewGuid();
        _users[id.ToString()] = new UserSummary
        {
            Uuid = id.ToString(),
            FirstName = firstName,
            LastName = lastName,
            AvatarPath = "default.png",
            GroupId = (group ?? AddGroup()).ToString(),
            LearningClass = learningClass,
        };
        return id;
    }

    /// <summary>The user is in another group from now on.</summary>
    public Guid Move(Guid user)
    {
        var group = AddGroup();
        _users[user.ToString()].GroupId = group.ToString();
        return group;
    }

    public void MakeStaff(Guid user) => _users[user.ToString()].IsStaff = true;

    public override Task<GetSummariesResponse> GetSummaries(GetSummariesRequest request, ServerCallContext context)
    {
        if (request.UserIds.Count > 1000)
            throw RpcErrors.InvalidField("userIds", "must be between 0 and 1000");
        Asked.Enqueue([.. request.UserIds]);
        var known = request.UserIds.Select(id => _users.GetValueOrDefault(id)).OfType<UserSummary>();
        return Task.FromResult(new GetSummariesResponse { Users = { known } });
    }

    public override Task<ListUserIdsResponse> ListUserIds(ListUserIdsRequest request, ServerCallContext context)
    {
        if (request.RequireGroups && request.GroupIds.FirstOrDefault(group => !_groups.ContainsKey(group)) is { } unknown)
            throw RpcErrors.NotFound($"Group {unknown} not found");
        return Task.FromResult(new ListUserIdsResponse { UserIds = ByteString.Empty });
    }
}
