using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ShTP.Rpc.Text;

namespace ShTP.Auth.Passwords;

/// <summary>Creates and verifies password hashes: Argon2id for new ones, bcrypt for those of the old system.</summary>
internal sealed partial class PasswordHashes
{
    public const int MinLength = 8;
    public const int MaxLength = 128;

    /// <summary>Name of the meter whose counter <c>shtp.auth.password_hashes</c> counts the work of every hash computed: 1 for each of
    /// Argon2id, the rounds for each of bcrypt; the tag <c>kind</c> distinguishes them.</summary>
    public const string MeterName = "ShTP.Auth";

    private readonly HashingThreads _threads;
    private readonly HashingThreads _oldThreads;
    private readonly OldHashes _oldHashes;
    private readonly HashingOptions _options;
    private readonly Counter<long> _computed;

    // Checks of a budget that may leave the line at the same time. More than one: a guess at an account must not hold its user up.
    private const int MaxAhead = 3;

    private readonly Dictionary<string, int> _ahead = [];

    // A hash of no user. It is checked for unknown accounts, so that the response time does not show whether an account exists.
    private readonly Lazy<string> _nobodys;

    public PasswordHashes(
        HashingThreads threads, [FromKeyedServices(HashingThreads.Old)] HashingThreads oldThreads, OldHashes oldHashes, IOptions<HashingOptions> options, IMeterFactory meters)
    {
        _threads = threads;
        _oldThreads = oldThreads;
        _oldHashes = oldHashes;
        _options = options.Value;
        _computed = meters.Create(MeterName).CreateCounter<long>("shtp.auth.password_hashes", description: "Work for password hashes, new ones and checks.");
        _nobodys = new(() => Argon2id.Hash(Guid.NewGuid().ToByteArray(), _options.MemoryKib, _options.Passes));
    }

    /// <summary>Whether text is a hash that <see cref="CheckAsync"/> supports.</summary>
    public static bool IsHash(string text) => Argon2id.ParametersOf(text) is not null || IsBcrypt(text);

    /// <summary>Whether text is a bcrypt hash of the old system.</summary>
    public static bool IsBcrypt(string text) => Bcrypt().IsMatch(text);

    /// <summary>
    /// Checks a password against a hash, or against a dummy hash for an unknown account. A wrong password always costs
    /// one hash of the new kind and one of the most expensive old ones, so the response time shows neither the kind of
    /// the hash nor whether the account exists.
    /// </summary>
    /// <param name="budget">Whose failures count together. Few checks of it leave the line at a time (<see cref="HashingThreads"/>): more would be guesses until the failures of those count.</param>
    /// <param name="isKnown">Whether the user has signed in on the device before.</param>
    /// <param name="password">The password.</param>
    /// <param name="hash">The hash of the account, or null when there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when too many are waiting and it was not checked.</exception>
    public async Task<PasswordCheck> CheckAsync(string budget, bool isKnown, string password, string? hash, CancellationToken cancellationToken)
    {
        var isAhead = TryGoAhead(budget);
        var isChecked = false;
        try
        {
            var lane = !isAhead ? HashingLane.Line : isKnown ? HashingLane.Known : HashingLane.Account;
            return await CheckInAsync(lane, () => isChecked = true, password, hash, cancellationToken);
        }
        catch (Exception early) when (isChecked && early is Grpc.Core.RpcException or OperationCanceledException)
        {
            return new(false, null, early);
        }
        finally
        {
            if (isAhead)
                LeaveAhead(budget);
        }
    }

    private bool TryGoAhead(string budget)
    {
        lock (_ahead)
        {
            var count = _ahead.GetValueOrDefault(budget);
            if (count == MaxAhead)
                return false;
            _ahead[budget] = count + 1;
            return true;
        }
    }

    private void LeaveAhead(string budget)
    {
        lock (_ahead)
        {
            if (--_ahead[budget] == 0)
                _ahead.Remove(budget);
        }
    }

    private async Task<PasswordCheck> CheckInAsync(HashingLane lane, Action begun, string password, string? hash, CancellationToken cancellationToken)
    {
        var cost = hash is not null && IsBcrypt(hash) ? CostOf(hash) : 0;
        var highest = await _oldHashes.HighestCostAsync(cost, cancellationToken);
        var prepared = Prepare(password);
        // Older hashes are of the unnormalized text.
        foreach (var text in prepared == password ? (string[])[password] : [prepared, password])
        {
            if (cost == 0)
            {
                if (await _threads.RunAsync(lane, () => Begin() && hash is not null && Matches(text, hash), hash is null ? () => Matches(text, _nobodys.Value) : null, cancellationToken) && hash is not null)
                    return new(true, IsCurrent(hash) && text == prepared ? null : await UpgradeAsync(password, cancellationToken));
                if (highest > 0)
                    await _oldThreads.RunAsync(HashingLane.Line, () => SpendOld(text, 0, highest), null, cancellationToken);
            }
            else
            {
                if (await _oldThreads.RunAsync(lane, () => Begin() && MatchesOld(text, hash!, highest), null, cancellationToken))
                    return new(true, await UpgradeAsync(password, cancellationToken));
                await _threads.RunAsync(HashingLane.Line, () => Matches(text, _nobodys.Value), null, cancellationToken);
            }
        }

        return new(false, null);

        bool Begin()
        {
            begun();
            return true;
        }
    }

    /// <summary>Hashes one password in the foreground.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when too many are waiting.</exception>
    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        var hash = "";
        await _threads.RunAsync(HashingLane.Known, () => (hash = Hash(password)).Length > 0, null, cancellationToken);
        return hash;
    }

    /// <summary>Hashes many passwords with at most one queue entry per thread, so that sign-ins run in between.</summary>
    public async Task<string[]> HashAllAsync(IReadOnlyList<string> passwords, CancellationToken cancellationToken)
    {
        var hashes = new string[passwords.Count];
        var degree = new ParallelOptions { MaxDegreeOfParallelism = _threads.Count, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, passwords.Count, degree, async (i, token) =>
            await _threads.RunPatientlyAsync(() => hashes[i] = Hash(passwords[i]), token));
        return hashes;
    }

    // Who has the right password signs in; the hash is replaced another time.
    private async Task<string?> UpgradeAsync(string password, CancellationToken cancellationToken)
    {
        try
        {
            return await HashAsync(password, cancellationToken);
        }
        catch (Exception busy) when (busy is Grpc.Core.RpcException or OperationCanceledException)
        {
            return null;
        }
    }

    // The profile OpaqueString of RFC 8265 (4.2.2): keyboards and systems may encode the same letters and blanks differently.
    private static string Prepare(string password)
    {
        var blanks = string.Concat(password.Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c));
        return UnicodeText.Compose(blanks);
    }

    private bool Matches(string password, string hash)
    {
        Count("argon2id", 1);
        return Argon2id.Verify(Encoding.UTF8.GetBytes(password), hash);
    }

    private bool MatchesOld(string password, string hash, int highest)
    {
        var cost = CostOf(hash);
        Count("bcrypt", 1L << cost);
        if (BCrypt.Net.BCrypt.Verify(password, hash))
            return true;
        SpendOld(password, cost, highest);
        return false;
    }

    // Each further cost doubles the work: the difference of two costs is the sum of the costs from the lower one on.
    private bool SpendOld(string password, int from, int to)
    {
        if (from == 0)
            Spend(to);
        else
            for (var cost = from; cost < to; cost++)
                Spend(cost);
        return false;

        void Spend(int cost)
        {
            Count("bcrypt", 1L << cost);
            BCrypt.Net.BCrypt.HashPassword(password, cost);
        }
    }

    private static int CostOf(string bcrypt) => int.Parse(bcrypt.AsSpan(4, 2), System.Globalization.CultureInfo.InvariantCulture);

    private void Count(string kind, long rounds) => _computed.Add(rounds, new KeyValuePair<string, object?>("kind", kind));

    private string Hash(string password)
    {
        Count("argon2id", 1);
        return Argon2id.Hash(Encoding.UTF8.GetBytes(Prepare(password)), _options.MemoryKib, _options.Passes);
    }

    private bool IsCurrent(string hash) => Argon2id.ParametersOf(hash) == new Argon2Parameters(_options.MemoryKib, _options.Passes, Lanes: 1);

    [GeneratedRegex(@"\A\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Bcrypt();
}

/// <summary>The result of a check.</summary>
/// <param name="Matches">Whether the password is right.</param>
/// <param name="Upgrade">When right: the hash to store instead, if the stored one is of an older kind.</param>
/// <param name="Refusal">When wrong: what to answer instead of that, if its turn to be answered did not come.</param>
internal sealed record PasswordCheck(bool Matches, string? Upgrade, Exception? Refusal = null);
