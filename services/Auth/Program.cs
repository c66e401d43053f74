using Microsoft.Extensions.Options;
using ShTP.Auth;
using ShTP.Auth.Apps;
using ShTP.Auth.FirstAdmin;
using ShTP.Auth.Keys;
using ShTP.Auth.Login;
using ShTP.Auth.OldSystem;
using ShTP.Auth.OpenId;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;
using ShTP.Users.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Auth);
builder.AddRpcServer(ResourceNames.Auth);
builder.AddServiceDatabase<AuthDb>(ResourceNames.AuthDb);
builder.AddOutbox<AuthDb>();
builder.AddIdempotency<AuthDb>();
builder.AddAudit<AuthDb>();
builder.AddOpenId();
builder.AddServiceClient<UsersInternal.UsersInternalClient>(ResourceNames.Users);

var services = builder.Services;
builder.AddCheckedOptions<AuthOptions>(AuthOptions.Section);
builder.AddCheckedOptions<HashingOptions>(HashingOptions.Section);
builder.AddCheckedOptions<ThrottleOptions>(ThrottleOptions.Section);
builder.AddCheckedOptions<FirstAdminOptions>(FirstAdminOptions.Section);
services.AddSingleton<HashingThreads>().AddKeyedSingleton(HashingThreads.Old, (provider, _) =>
    new HashingThreads(provider.GetRequiredService<IOptions<HashingOptions>>(), provider.GetRequiredService<TimeProvider>(), count: 1));
services.AddSingleton<OldHashes>().AddSingleton<PasswordHashes>().AddSingleton<Identities>();
services.AddScoped<SignIn>().AddScoped<LoginThrottle>().AddScoped<CredentialsWriter>().AddScoped<TokenIssuer>();
services.AddScoped<SessionOpening>().AddScoped<AppTokens>().AddScoped<UserRights>().AddScoped<StreamTickets>();
services.AddSingleton<KeyEncryption>().AddSingleton<KeyRing>().AddScoped<KeySchedule>().AddSingleton<RevocationFeed>();
services.AddSingleton<LocalRevocations>().AddSingleton<IRevocationSource>(provider => provider.GetRequiredService<LocalRevocations>());
services.AddSingleton<ISigningKeySource>(provider => provider.GetRequiredService<KeyRing>());
services.AddSingleton<KeyUpkeep>().AddHostedService(provider => provider.GetRequiredService<KeyUpkeep>());
services.AddSingleton<FirstAdminSetup>().AddHostedService(provider => provider.GetRequiredService<FirstAdminSetup>());
services.AddHostedService<DatabaseSignals>().AddAuthRetention();
services.AddHealthChecks()
    .AddCheck<KeyUpkeep>("signing-keys")
    .AddCheck<FirstAdminSetup>("first-admin");

var app = builder.Build();
app.MapOpenId();
app.MapRpcService<AuthService>();
app.MapRpcService<AppsService>();
app.MapRpcService<AuthInternalService>();
app.MapRpcService<AuthImportService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<AuthDb>(args);
