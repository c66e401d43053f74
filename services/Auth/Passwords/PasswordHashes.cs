using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ShTP.ServiceDefaults.Text;

namespace ShTP.Auth.Passwords;

/// <summary>Makes and checks password hashes: Argon2id for new ones, bcrypt for those of the old system.</summary>
internal sealed partial class PasswordHashes
{
    public const int MinLength = 8;
    public const int MaxLength = 128;

    /// <summary>Name of the meter whose counter <c>shtp.auth.password_hashes</c> counts every hash computed.</summary>
    public const string MeterName = "ShTP.Auth";

    private readonly HashingThreads threads;
    private readonly HashingOptions options;
    private readonly Counter<long> computed;

    // Nobody's password: checked when there is no account, so that a stranger learns nothing from the time it takes.
    private readonly Lazy<string> nobodys;

    public PasswordHashes(HashingThreads threads, IOptions<HashingOptions> options, IMeterFactory meters)
    {
        this.threads = threads;
        this.options = options.Value;
        computed = meters.Create(MeterName).CreateCounter<long>("shtp.auth.password_hashes", description: "Password hashes computed, for new ones and checks.");
        nobodys = new(() => Argon2id.Hash(Guid.NewGuid().ToByteArray(), this.options.MemoryKib, this.options.Passes));
    }

    /// <summary>Whether text is a hash that <see cref="CheckAsync"/> can check.</summary>
    public static bool IsHash(string text) => Argon2id.ParametersOf(text) is not null || IsBcrypt(text);

    /// <summary>Whether text is a bcrypt hash, as the old system made them.</summary>
    public static bool IsBcrypt(string text) => Bcrypt().IsMatch(text);

    /// <summary>Checks a password against a hash, or against nobody's when there is none, in the same time.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when too many are waiting.</exception>
    public Task<PasswordCheck> CheckAsync(string password, string? hash, CancellationToken cancellationToken) =>
        threads.RunAsync(() => Check(password, hash), cancellationToken);

    /// <summary>Hashes one password that somebody waits for.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when too many are waiting.</exception>
    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        threads.RunAsync(() => Hash(password), cancellationToken);

    /// <summary>Hashes many passwords without taking more turns than there are threads, so that logins come in between.</summary>
    public async Task<string[]> HashAllAsync(IReadOnlyList<string> passwords, CancellationToken cancellationToken)
    {
        var hashes = new string[passwords.Count];
        var degree = new ParallelOptions { MaxDegreeOfParallelism = threads.Count, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, passwords.Count, degree, async (i, token) =>
            hashes[i] = await threads.RunPatientlyAsync(() => Hash(passwords[i]), token));
        return hashes;
    }

    private PasswordCheck Check(string password, string? hash)
    {
        var prepared = Prepare(password);
        if (Matches(prepared, hash ?? nobodys.Value))
            return hash is null ? new(false, null) : new(true, IsCurrent(hash) ? null : Hash(password));
        // Older hashes are of the text as it was typed.
        return prepared != password && Matches(password, hash ?? nobodys.Value) && hash is not null ? new(true, Hash(password)) : new(false, null);
    }

    // The profile OpaqueString of RFC 8265 (4.2.2): another keyboard or system may spell the same letters and blanks otherwise.
    private static string Prepare(string password)
    {
        var blanks = string.Concat(password.Select(c => char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator ? ' ' : c));
        return UnicodeText.Compose(blanks);
    }

    private bool Matches(string password, string hash)
    {
        computed.Add(1);
        return hash.StartsWith("$2", StringComparison.Ordinal)
            ? BCrypt.Net.BCrypt.Verify(password, hash)
            : Argon2id.Verify(Encoding.UTF8.GetBytes(password), hash);
    }

    private string Hash(string password)
    {
        computed.Add(1);
        return Argon2id.Hash(Encoding.UTF8.GetBytes(Prepare(password)), options.MemoryKib, options.Passes);
    }

    private bool IsCurrent(string hash) => Argon2id.ParametersOf(hash) == (options.MemoryKib, options.Passes, 1);

    [GeneratedRegex(@"\A\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Bcrypt();
}

/// <summary>The result of a check.</summary>
/// <param name="Matches">Whether the password is right.</param>
/// <param name="Upgrade">When right: the hash to store instead, if the stored one is of an older kind.</param>
internal sealed record PasswordCheck(bool Matches, string? Upgrade);
