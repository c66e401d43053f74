using ShTP.Rpc.Errors;

namespace ShTP.Users.Profiles;

/// <summary>The only place that changes ratings.</summary>
internal static class RatingLedger
{
    /// <summary>The largest change by one entry, and the largest rating that staff may set, positive or negative.</summary>
    public const int MaxPoints = 1_000_000;

    /// <summary>Adds an entry and its points; the user must be locked until both are saved.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION when the sum leaves the range of a rating.</exception>
    public static void EnterRating(this UsersDb db, User user, int points, string reason, Guid? author, string? source, DateTimeOffset now)
    {
        var rating = (long)user.Rating + points;
        if (rating is < int.MinValue or > int.MaxValue)
            throw RpcErrors.WrongState("The rating would become larger than it can be");
        db.RatingEntries.Add(new RatingEntry
        {
            Id = Guid.CreateVersion7(now),
            UserId = user.Id,
            Points = points,
            Reason = reason,
            AuthorId = author,
            Source = source,
            CreatedAt = now,
        });
        user.Rating = (int)rating;
        user.UpdatedAt = now;
    }
}
