using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Services.Tests.Notifications;

/// <summary>Stands for Users: knows people and groups, and remembers how it was asked.</summary>
public sealed class FakeUsers : UsersInternal.UsersInternalBase
{
    public ConcurrentDictionary<Guid, byte> People { get; } = new();

    public ConcurrentDictionary<string, Guid[]> Groups { get; } = new();

    public ConcurrentQueue<int> PagesOfSummaries { get; } = new();

    /// <summary>While it is set, whoever asks for this user is told that Users is away.</summary>
    public Guid? AwayFor { get; set; }

    public Guid Add()
    {
        var id = Guid.NewGuid();
        People[id] = 0;
        return id;
    }

    public Guid[] Add(int count) => [.. Enumerable.Range(0, count).Select(_ => Add())];

    public string AddGroup(params Guid[] members)
    {
        var group = Guid.NewGuid().ToString();
        Groups[group] = members;
        return group;
    }

    public override Task<GetSummariesResponse> GetSummaries(GetSummariesRequest request, ServerCallContext context)
    {
        PagesOfSummaries.Enqueue(request.UserIds.Count);
        if (AwayFor is { } id && request.UserIds.Contains(id.ToString()))
            throw RpcErrors.Unavailable("away");
        if (request.UserIds.Count > 1000)
            throw RpcErrors.InvalidField("userIds", "must be between 0 and 1000");
        var known = request.UserIds.Where(user => People.ContainsKey(Guid.Parse(user))).Select(user => new UserSummary { Uuid = user });
        return Task.FromResult(new GetSummariesResponse { Users = { known } });
    }

    public override Task<ListUserIdsResponse> ListUserIds(ListUserIdsRequest request, ServerCallContext context)
    {
        if (request.RequireGroups && request.GroupIds.FirstOrDefault(group => !Groups.ContainsKey(group)) is { } unknown)
            throw RpcErrors.NotFound($"No group {unknown}");
        var ids = request.Everyone ? People.Keys : request.GroupIds.SelectMany(group => Groups.GetValueOrDefault(group) ?? []);
        return Task.FromResult(new ListUserIdsResponse { UserIds = ByteString.CopyFrom([.. ids.Distinct().SelectMany(id => id.ToByteArray(bigEndian: true))]) });
    }
}
