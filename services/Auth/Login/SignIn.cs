using Microsoft.EntityFrameworkCore;
using ShTP.Auth.Accounts;
using ShTP.Auth.Passwords;
using ShTP.Data.Audit;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;

namespace ShTP.Auth.Login;

/// <summary>Checks e-mail and password.</summary>
internal sealed class SignIn(AuthDb db, PasswordHashes hashes, LoginThrottle throttle)
{
    /// <summary>What a sign-in is called in the audit.</summary>
    public const string Action = "SignIn";

    private const string InvalidPair = "Invalid pair login && password";

    /// <summary>Returns the credentials as they were checked. Unknown accounts cost and count the same as wrong passwords.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAUTHENTICATED; RESOURCE_EXHAUSTED with the time to wait.</exception>
    public async Task<Credentials> CheckPairAsync(string typedEmail, string password, ClientOfSession client, CancellationToken cancellationToken)
    {
        _ = EmailAddress.TryNormalize(typedEmail, out var email);
        var credentials = await FindAsync(EmailAddress.Spellings(typedEmail), cancellationToken);
        var attempt = await throttle.FindAsync(email ?? typedEmail, credentials?.UserId, client, cancellationToken);
        var check = await hashes.CheckAsync(attempt.Budget, attempt.IsOfKnownDevice, password, credentials?.PasswordHash, cancellationToken);

        // Who hangs up before the answer has guessed too: a right password would have been answered sooner.
        var hasFailed = await throttle.ThrowIfBlockedAsync(attempt, check.Matches ? cancellationToken : CancellationToken.None);
        if (!check.Matches)
        {
            await throttle.CountAsync(attempt, CancellationToken.None);
            await RecordRefusalAsync(credentials?.UserId, client);
            throw check.Refusal ?? RpcErrors.Unauthenticated(InvalidPair);
        }

        if (hasFailed)
            await throttle.ForgetAsync(attempt, cancellationToken);
        await throttle.RememberAsync(credentials!.UserId, client, attempt, cancellationToken);
        if (check.Upgrade is { } upgrade && await UpgradeAsync(credentials, upgrade, cancellationToken) == 1)
            credentials.PasswordHash = upgrade;
        return credentials;
    }

    // Not the e-mail that was typed: of somebody who is not there, it may be anything, and some type passwords into the wrong field.
    private async Task RecordRefusalAsync(Guid? user, ClientOfSession client)
    {
        db.Record(new AuditFact(Action) { IsRefused = true, SubjectIds = user is { } known ? [known] : [], Address = client.Address });
        await db.SaveChangesAsync(CancellationToken.None);
    }

    // Two accounts of the old system may differ in case only, so the exact spelling decides.
    private async Task<Credentials?> FindAsync(IReadOnlyList<string> spellings, CancellationToken cancellationToken)
    {
        var known = await db.Credentials.AsNoTracking().Where(known => spellings.Contains(known.Email)).ToDictionaryAsync(known => known.Email, cancellationToken);
        return spellings.Select(known.GetValueOrDefault).FirstOrDefault(found => found is not null);
    }

    // Only if the checked hash is still stored: a concurrent change of the password wins.
    private Task<int> UpgradeAsync(Credentials credentials, string hash, CancellationToken cancellationToken) => db.Credentials
        .Where(known => known.UserId == credentials.UserId && known.PasswordHash == credentials.PasswordHash)
        .ExecuteUpdateAsync(set => set.SetProperty(known => known.PasswordHash, hash), cancellationToken);
}
