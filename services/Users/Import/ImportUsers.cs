using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Localization;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using ShTP.Rpc.Text;
using ShTP.Users.Profiles;
using ShTP.Users.V1;
using User = ShTP.Users.Profiles.User;

namespace ShTP.Users.Import;

/// <summary>Creates users from the rows of a file: all or none, or with mode "partial" those without faults.</summary>
internal sealed class ImportUsers(UsersDb db, AuthInternal.AuthInternalClient auth, OutboxDeliveries deliveries, TimeProvider clock)
{
    private const int MaxAttempts = 3;

    /// <summary>How long to wait for the delivery to Auth before responding. The outbox delivers later in any case.</summary>
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(5);

    /// <exception cref="Grpc.Core.RpcException">As documented for ImportUsers in users.proto.</exception>
    public async Task<ImportUsersResponse> ImportAsync(ImportUsersRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var isPartial = request.Mode switch
        {
            "" or "all" => false,
            "partial" => true,
            _ => throw RpcErrors.InvalidField("mode", "must be all or partial"),
        };
        var (layout, records) = ImportFile.Read(request.CsvFile.Memory);
        var hashes = new Dictionary<string, string>();
        for (var attempt = 1; ; attempt++)
        {
            var faults = new ImportFaults();
            var users = await MatchAsync(ReadRows(layout, records, caller, faults), faults, cancellationToken);
            if (faults.Any && !isPartial)
                users.Clear();
            if (!request.DryRun && users.Count > 0)
            {
                await HashAsync(users, hashes, cancellationToken);
                if (!await TrySaveAsync(users, hashes, cancellationToken))
                {
                    // A concurrent change took the e-mail or deleted the group, which is reported as a fault of the row.
                    if (attempt == MaxAttempts)
                        throw RpcErrors.Aborted("Users and groups were changed by somebody else meanwhile; try again");
                    continue;
                }
            }

            return new ImportUsersResponse { Users = { users.Select(user => user.User.ToRow()) }, Errors = { faults.Sentences() } };
        }
    }

    private static List<ImportRow> ReadRows(ImportLayout layout, IReadOnlyList<ImportRecord> records, CurrentUser caller, ImportFaults faults)
    {
        var rows = new List<ImportRow>();
        var firstWith = new Dictionary<string, int>();
        foreach (var record in records)
        {
            if (ImportRow.Read(record, layout, caller, faults) is not { } row)
                continue;
            if (firstWith.TryAdd(row.Email, row.Number))
                rows.Add(row);
            else
                faults.Add(row.Number, row.Email, ImportColumn.Email, $"the same as in row {firstWith[row.Email]}");
        }

        return rows;
    }

    // Checks that need the database: groups and existing e-mails.
    private async Task<List<(User User, string Password)>> MatchAsync(List<ImportRow> rows, ImportFaults faults, CancellationToken cancellationToken)
    {
        var spellings = rows.SelectMany(row => EmailAddress.Spellings(row.Email)).Distinct().ToList();
        var taken = await db.Users.Where(u => spellings.Contains(u.Email)).Select(u => u.Email).ToHashSetAsync(cancellationToken);
        var groups = await db.Groups.OrderBy(g => g.CreatedAt).Take(GroupsService.MaxGroups).Select(g => new GroupKey(g.Name, g.Id)).ToListAsync(cancellationToken);
        var exact = groups.ToLookup(group => group.Name, group => group.Id);
        var alike = groups.ToLookup(group => UnicodeText.Fold(group.Name), group => group.Id);
        var now = clock.Now();
        var users = new List<(User, string)>();
        foreach (var row in rows)
        {
            // Case is ignored unless a group has exactly this name.
            var group = (exact.Contains(row.GroupName) ? exact[row.GroupName] : alike[UnicodeText.Fold(row.GroupName)]).ToList();
            var isTaken = EmailAddress.Spellings(row.Email).Any(taken.Contains);
            if (isTaken)
                faults.Add(row.Number, row.Email, ImportColumn.Email, "is the e-mail of a user already");
            if (group.Count != 1)
                faults.Add(row.Number, row.Email, ImportColumn.GroupName, group.Count == 0 ? (LocalizedText)$"there is no group '{row.GroupName}'" : (LocalizedText)$"several groups are called '{row.GroupName}'");
            else if (!isTaken)
                // One microsecond apart, so that lists keep the order of the file.
                users.Add((NewUser(row, group[0], now.AddMicroseconds(users.Count)), row.Password));
        }

        return users;
    }

    private async Task HashAsync(List<(User User, string Password)> users, Dictionary<string, string> hashes, CancellationToken cancellationToken)
    {
        var open = users.FindAll(user => !hashes.ContainsKey(user.User.Email));
        if (open.Count == 0)
            return;
        var request = new HashPasswordsRequest { Passwords = { open.Select(user => user.Password) } };
        var hashed = await auth.HashPasswordsAsync(request, cancellationToken: cancellationToken);
        foreach (var (index, (user, _)) in open.Index())
            hashes[user.Email] = hashed.Hashes[index];
    }

    private async Task<bool> TrySaveAsync(List<(User User, string Password)> users, Dictionary<string, string> hashes, CancellationToken cancellationToken)
    {
        List<Guid> messages;
        try
        {
            messages = await db.InTransactionAsync(async cancellation =>
            {
                var added = users.ConvertAll(user => db.AddWithCredentials(user.User, hashes[user.User.Email]));
                await db.SaveChangesAsync(cancellation);
                return added;
            }, cancellationToken);
        }
        catch (DbUpdateException fault) when (TakenKeys.Translate(fault) is not null)
        {
            return false;
        }

        await deliveries.WaitAllAsync(messages, DeliveryLimit, cancellationToken);
        return true;
    }

    private static User NewUser(ImportRow row, Guid group, DateTimeOffset now)
    {
        var user = new User
        {
            Id = Guid.CreateVersion7(now),
            Email = row.Email,
            Role = row.Role,
            FirstName = row.FirstName,
            LastName = row.LastName,
            GroupId = group,
            LearningClass = row.LearningClass,
            CreatedAt = now,
            UpdatedAt = now,
        };
        user.RefreshSearchText();
        return user;
    }

    private sealed record GroupKey(string Name, Guid Id);
}
