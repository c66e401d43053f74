using System.Reflection;
using System.Text.RegularExpressions;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests;

/// <summary>
/// Every setting of docs/settings.md with a value that cannot work, in every program that reads it, as a process: the start
/// stops and names each of them.
/// </summary>
public sealed partial class SettingsTests
{
    // Right, and what makes the settings of S3 count.
    private const string S3 = "Files:Storage=s3";

    private static readonly string Long = new('x', 101);

    // Any text is right, or a person would see it at once; each with the reason.
    private static readonly HashSet<string> Free =
    [
        "ASPNETCORE_ENVIRONMENT", // a name that one may choose
        "Parameters:admin-email", "Parameters:school-name", "Parameters:*", // handed on to services, which check them
        "Postgres:Binaries", // the start of the server says what is wrong with it
        "Files:S3:AccessKey", "Files:S3:SecretKey", // probed when empty, which is their default
        "Demo:AdminEmail", "Demo:AdminPassword", "Demo:Password", // the same
        "Import:Report", // any name of a file
    ];

    private static readonly string[] OfAll =
    [
        "Kestrel:Endpoints:http:Url=nonsense", "services:users:http:0=nowhere", "services:users:grpc:0=nowhere", "ServiceIdentity:PrivateKey=x",
        "OTEL_EXPORTER_OTLP_ENDPOINT=collector", "Logging:LogLevel:Default=loud", "Secrets:Directory=/nowhere",
    ];

    private static readonly string[] OfServers =
    [
        .. OfAll, "Kestrel:Endpoints:grpc:Url=http://localhost:port", "ServiceIdentity:PublicKeys:users=x", "Server:MaxConnections=0",
        "Revocations:FailAfter=soon", "Revocations:ReconnectAfter=00:00:00", "Revocations:FirstWait=-00:00:01", "Revocations:SweepEvery=00:00:00",
    ];

    private static readonly string[] OfDatabases =
    [
        .. OfServers, "Database:PoolSize=0", "Outbox:Concurrency=0", "Outbox:AttemptLimit=00:00:00", "Outbox:CutAfter=0", "Outbox:MaxCut=00:00:00", "Outbox:FirstRetryDelay=00:00:00",
        "Outbox:MaxRetryDelay=-00:00:01", "Outbox:RefusedAttempts=0", "Outbox:FaultParkAfter=00:00:00", "Outbox:ParkAfter=00:00:00", "Outbox:PollInterval=00:00:00", "Outbox:InboxDays=0",
        "Audit:AnchorEvery=00:00:00", "Audit:KeepDays=365",
    ];

    private static readonly (string Program, string[] Settings)[] Probes =
    [
        ("Gateway",
        [
            .. OfAll, "Revocations:FailAfter=soon", "Revocations:ReconnectAfter=00:00:00", "Revocations:FirstWait=-00:00:01", "Revocations:SweepEvery=00:00:00",
            "Gateway:TrustedProxies:0=proxy.local", $"School:Name={Long}", "School:WebClient=web", "Gateway:PublicAddress=https://shtp.example/path",
            .. new[] { "Ordinary", "Login", "Upload", "Expensive" }.SelectMany(name => new[] { "User", "Address" }.SelectMany(whose =>
                (string[])[$"Gateway:RateLimits:{name}:{whose}:Burst=0", $"Gateway:RateLimits:{name}:{whose}:PerSecond=0"])),
            "Gateway:RateLimits:Malformed:Burst=0", "Gateway:RateLimits:Malformed:PerSecond=0", "Gateway:Connections:Total=0", "Gateway:Connections:PerAddress=0", "Gateway:Connections:Streams=0", "Gateway:Connections:StreamsPerUser=0",
            "Gateway:Connections:IdleTimeout=00:00:00", "Gateway:Connections:HeadersTimeout=00:00:00", "Gateway:Connections:MinBytesPerSecond=0",
            "Gateway:Transcoding:MaxRequestBytes=0", "Gateway:Transcoding:MaxResponseBytes=0", "Gateway:Transcoding:CompressFromBytes=0",
            "Gateway:Transcoding:Timeout=00:00:00", "Gateway:Transcoding:ConnectTimeout=00:00:00", "Gateway:Transcoding:KeepAlive=00:00:00",
        ]),
        ("Auth",
        [
            .. OfDatabases, "ConnectionStrings:authdb=Port=many", $"School:Name={Long}", "FirstAdmin:Email=nobody", "FirstAdmin:Password=short", "Auth:KeyEncryptionKey=short",
            "Auth:AccessTokenLifetime=00:00:01", "Auth:RefreshTokenLifetime=00:00:00", "Auth:KeyRotationInterval=00:00:01", "Auth:KeyPublishedAhead=-00:00:01", "Auth:KeyPropagation=00:00:09",
            "Auth:Throttling:AccountFailures=0", "Auth:Throttling:AccountGuesses=3", "Auth:Throttling:AddressFailures=0", "Auth:Throttling:FirstWait=00:00:00",
            "Auth:Throttling:LongestWait=-00:00:01", "Auth:Throttling:ForgetAfter=00:00:01", "Auth:Throttling:DevicesKnownFor=00:00:01",
            "Auth:Hashing:MemoryKib=1", "Auth:Hashing:Passes=0", "Auth:Hashing:Threads=-1", "Auth:Hashing:QueueLength=0", "Auth:Hashing:QueueLimit=00:00:00",
            "Auth:OpenId:Issuer=shtp", "Auth:OpenId:TrustedProxies:0=gateway.local", "Auth:OpenId:AccessTokenLifetime=00:00:00", "Auth:OpenId:BrowserLifetime=-00:00:01",
        ]),
        ("Users", [.. OfDatabases, "ConnectionStrings:usersdb=Port=many", "Users:ForgetAgainAfter=00:00:00"]),
        ("Achievements", [.. OfDatabases, "ConnectionStrings:achievementsdb=Port=many", "Files:LinkKey=x"]),
        ("Notifications", [.. OfDatabases, "ConnectionStrings:notificationsdb=Port=many", "Notifications:KeepReadDays=30", "Notifications:KeepUnreadDays=36601"]),
        ("Events",
        [
            .. OfDatabases, "ConnectionStrings:eventsdb=Port=many", "Events:CalendarKey=x", "Events:TimeZone=Europe/Muscovy", "Events:Feed:Url=ftp://x", "Events:Feed:Token=a b", "Events:Feed:Query= ",
            "Events:Feed:Interval=00:00:01",
        ]),
        ("Assignments", [.. OfDatabases, "ConnectionStrings:assignmentsdb=Port=many", "Assignments:LeaseSeconds=0", "Assignments:KeepWorkDays=0", "Assignments:KeepOutputsDays=0", "Assignments:GitHosts:0=https://github.com/"]),
        ("Files",
        [
            .. OfDatabases, "ConnectionStrings:filesdb=Port=many", "Files:LinkKey=x", "Files:Directory=/dev/null/files", "Files:Storage=tape", "Files:S3:ForcePathStyle=maybe", "Files:QuotaBytes=0",
            "Files:QuotaFiles=0", "Files:Grace=-00:00:01", "Files:CollectEvery=00:00:00", "Files:StoreLimit=00:00:00", "Files:MaxMegapixels=0", "Files:MaxPhotoMegapixels=0", "Files:DecodeSlots=0",
        ]),
        ("Files", [S3, "Files:S3:ServiceUrl=store", "Files:S3:Bucket=", "Files:S3:AccessKey=", "Files:S3:SecretKey=", "Files:S3:Region="]),
        ("Checker",
        [
            .. OfAll, "Server:MaxConnections=0", "Checker:GitHosts:0=https://github.com/", "Checker:OwnHosts:git.local=10.0.0.7", "Checker:CertificateAuthorities=/nowhere.pem", "Checker:Workers=0",
            "Checker:Compiler=g++", "Checker:Python=python3", "Checker:Cache=cache", "Checker:FirstUser=0",
        ]),
        ("Import",
        [
            "ServiceIdentity:PrivateKey=x", "services:users:grpc:0=nowhere", "ConnectionStrings:old=Port=many", "Import:Uploads=/nowhere", "Import:BatchSize=0", "Import:Tables:nothing=x",
            "Import:Columns:users:nothing=x", "Secrets:Directory=/nowhere",
        ]),
        ("Demo", ["Demo:Api=gateway", "Demo:AdminEmail=", "Demo:AdminPassword=", "Demo:Password=short", "Demo:Students=0"]),
        ("Backup",
        [
            "Backup:FilesDirectory=/nowhere", "Backup:Keep=-1", "Backup:Every=00:00:01", "Backup:At=yesterday", "Backup:PublicKey=/nowhere.pem", "Backup:PrivateKey=/nowhere.pem", "Backup:BarrierLimit=00:00:00",
            "Backup:Binaries=/nowhere", "Secrets:Directory=/nowhere",
        ]),
        ("Verify", ["Verify:StuckAfter=00:00:00", "Verify:ConfirmAfter=-00:00:01", "Verify:MaxShown=many", "Verify:FilesDirectory=/nowhere", "Secrets:Directory=/nowhere"]),
        ("AppHost",
        [
            "port=0", "Data=sometimes", "demo=maybe", "demo:students=0", "OnFailure=wait", "CrashRestart=2", "Postgres:Server=cloud", "ConnectionStrings:postgres=Port=many", "dashboard=maybe",
            "OTEL_EXPORTER_OTLP_ENDPOINT=collector", "Backup:Directory=/etc/passwd", "Backup:Restore=/nowhere", "Backup:Every=often", "Backup:Keep=all",
        ]),
    ];

    public static TheoryData<int> Programs => [.. Enumerable.Range(0, Probes.Length)];

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Start_EverySettingWrong_StopsAndNamesEachOfThem(int probe)
    {
        var (program, settings) = Probes[probe];

        var error = await RefusedAsync(program, settings);

        var missing = settings.Where(setting => setting != S3).Select(setting => Index().Replace(setting[..setting.IndexOf('=', StringComparison.Ordinal)], "")).Where(key => !error.Contains(key, StringComparison.Ordinal));
        Assert.True(!missing.Any(), $"{program} names nothing of: {string.Join(", ", missing)}{Environment.NewLine}{error}");
    }

    [Fact]
    public void Settings_OfTheDocument_AreAllProbed()
    {
        var probed = Probes.SelectMany(probe => probe.Settings).Select(setting => setting[..setting.IndexOf('=', StringComparison.Ordinal)]).Concat(Free).ToList();

        var documented = SettingsDocument.Keys().ToList();

        Assert.True(documented.Count > 100, $"{documented.Count} keys were found in docs/settings.md");
        Assert.DoesNotContain(documented, key => !probed.Exists(probe => SettingsDocument.AreSame(key, probe)));
    }

    [Theory]
    [InlineData("Gateway", "Gateway:TrustedProxy:0=10.0.0.1", "Gateway:TrustedProxy:0 is not a setting; did you mean Gateway:TrustedProxies:0?")]
    [InlineData("Gateway", "Gateway:TrustedProxies=10.0.0.1", "Gateway:TrustedProxies has no value of its own; its settings are Gateway:TrustedProxies:0 and the like.")]
    [InlineData("Gateway", "Gatway:PublicAddress=https://shtp.example", "Gatway is not a section of settings; did you mean Gateway?")]
    [InlineData("Gateway", "Gateway:RateLimits:Login:Users:Burst=5", "Gateway:RateLimits:Login:Users:Burst is not a setting; did you mean Gateway:RateLimits:Login:User:Burst?")]
    [InlineData("Auth", "Auth:Throtling:FirstWait=00:00:05", "Auth:Throtling:FirstWait is not a setting; did you mean Auth:Throttling:FirstWait?")]
    [InlineData("Users", "Outbox:Paralellism=3", "Outbox:Paralellism is not a setting.")]
    [InlineData("Files", "Files:S3:Buckett=x", "Files:S3:Buckett is not a setting; did you mean Files:S3:Bucket?")]
    [InlineData("Checker", "Checker:Worker=3", "Checker:Worker is not a setting; did you mean Checker:Workers?")]
    [InlineData("Import", "Import:Upload=x", "Import:Upload is not a setting; did you mean Import:Uploads?")]
    [InlineData("Demo", "Demo:Student=3", "Demo:Student is not a setting; did you mean Demo:Students?")]
    [InlineData("Backup", "Backup:Kep=3", "Backup:Kep is not a setting; did you mean Backup:Keep?")]
    [InlineData("Verify", "Verify:MaxShow=3", "Verify:MaxShow is not a setting; did you mean Verify:MaxShown?")]
    [InlineData("AppHost", "Postgres:Sever=container", "Postgres:Sever is not a setting; did you mean Postgres:Server?")]
    [InlineData("AppHost", "prot=9000", "--prot is not an option; did you mean --port?")]
    [InlineData("AppHost", "Parameters:admin-mail=a@b.c", "Parameters:admin-mail is not a setting; did you mean Parameters:admin-email?")]
    public async Task Start_SettingThatNobodyReads_StopsAndSaysWhatWasMeant(string program, string setting, string fault) =>
        Assert.Contains(fault, await RefusedAsync(program, [setting]), StringComparison.Ordinal);

    private static Task<string> RefusedAsync(string program, string[] settings) =>
        RefusedStart.OfAsync(Built($"ShTP.{program}"), settings.Select(setting => $"--{setting}"));

    private static string Built(string program) =>
        Path.Combine(Assembly.Load("ShTP.AppHost").GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "builtprograms").Value!
            .Replace("bin/*/", $"bin/{program}/", StringComparison.Ordinal).Replace("*", $"{program}.dll", StringComparison.Ordinal));

    [GeneratedRegex(":[0-9]+$")]
    private static partial Regex Index();
}
