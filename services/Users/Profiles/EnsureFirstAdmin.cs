using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Rpc.Text;
using ShTP.Users.Groups;

namespace ShTP.Users.Profiles;

/// <summary>The first admin of the configuration, created at the first start.</summary>
internal sealed class EnsureFirstAdmin(UsersDb db, TimeProvider clock)
{
    private const string GroupName = "Администрация";
    private const string GroupColor = "#607d8b";

    /// <summary>Makes the user with the e-mail an admin, creates the user when there is none, and returns the id. Replicas may call concurrently.</summary>
    public Task<Guid> EnsureAsync(string email, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.LockAdminsAsync(cancellation);
        var spellings = EmailAddress.Spellings(email);
        var known = await db.Users.Where(u => spellings.Contains(u.Email)).ToListAsync(cancellation);
        var user = spellings.Select(spelling => known.Find(u => u.Email == spelling)).FirstOrDefault(found => found is not null);
        if (user is null)
        {
            user = await NewAdminAsync(email, cancellation);
            db.Users.Add(user);
            db.Record(user.Id);
        }
        else if (user.Role != Role.Admin)
        {
            user.Role = Role.Admin;
            user.UpdatedAt = clock.Now();
            // Auth waits for this response itself, and granting rights late does no harm.
            db.EnqueueExpiry(user);
            db.Record(user.Id);
        }

        await db.SaveChangesAsync(cancellation);
        return user.Id;
    }, cancellationToken);

    private async Task<User> NewAdminAsync(string email, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var group = await db.Groups.Where(g => g.Name == GroupName).OrderBy(g => g.CreatedAt).FirstOrDefaultAsync(cancellationToken)
            ?? db.Groups.Add(new Group { Id = Guid.CreateVersion7(now), Name = GroupName, Color = GroupColor, CreatedAt = now, UpdatedAt = now }).Entity;
        var admin = new User
        {
            Id = Guid.CreateVersion7(now),
            Email = email,
            Role = Role.Admin,
            FirstName = "Администратор",
            LastName = "ШТП",
            GroupId = group.Id,
            CreatedAt = now,
            UpdatedAt = now,
        };
        admin.RefreshSearchText();
        return admin;
    }
}
