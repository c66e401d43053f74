using ShTP.AppHost;
using static ShTP.ServiceDefaults.ResourceNames;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, EnableResourceLogging = true });
if (!builder.TryGetPublicPort(out var port))
    return 1;
// Tests pass --Data=ephemeral: nothing outlives the run, nothing of an earlier one is found.
var keep = !string.Equals(builder.Configuration["Data"], "ephemeral", StringComparison.OrdinalIgnoreCase);

var adminEmail = builder.AddParameter("admin-email", new FixedDefault("admin@shtp.local"));
var adminPassword = builder.AddParameter("admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: keep);
var postgresPassword = builder.AddParameter("postgres-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: keep);
var signingKeysKey = builder.AddParameter("auth-key-encryption-key", new RandomKey(), secret: true, persist: keep);
var linkKey = builder.AddParameter("files-link-key", new RandomKey(), secret: true, persist: keep);

var postgres = builder.AddPostgres(Postgres, password: postgresPassword);
if (keep)
    postgres.WithDataVolume();
var authDb = postgres.AddDatabase(AuthDb);
var usersDb = postgres.AddDatabase(UsersDb);
var filesDb = postgres.AddDatabase(FilesDb);

var auth = builder.AddProject<Projects.ShTP_Auth>(Auth)
    .WithReference(authDb).WaitFor(authDb)
    .WithEnvironment("FirstAdmin__Email", adminEmail)
    .WithEnvironment("FirstAdmin__Password", adminPassword)
    .WithEnvironment("Auth__KeyEncryptionKey", signingKeysKey)
    .WithHttpHealthCheck("/health");

var users = builder.AddProject<Projects.ShTP_Users>(Users)
    .WithReference(usersDb).WaitFor(usersDb)
    .WithHttpHealthCheck("/health");

var files = builder.AddProject<Projects.ShTP_Files>(Files)
    .WithReference(filesDb).WaitFor(filesDb)
    .WithEnvironment("Files__LinkKey", linkKey)
    .WithEnvironment("Files__Directory", builder.DataFolder(Files, keep))
    .WithHttpHealthCheck("/health");

// Services call each other, so only their databases are waited for: a wait both ways would never end.
auth.WithReference(users);
users.WithReference(auth).WithReference(files);
files.WithReference(auth).WithReference(users);

var gateway = builder.AddProject<Projects.ShTP_Gateway>(Gateway)
    .WithEndpoint("http", endpoint => endpoint.Port = port)
    .WithExternalHttpEndpoints()
    .WithReference(auth).WaitFor(auth)
    .WithReference(users).WaitFor(users)
    .WithReference(files).WaitFor(files)
    .WithHttpHealthCheck("/health");

builder.AddServiceIdentities(keep, auth, users, files, gateway);
builder.AddConsoleReport(gateway, adminEmail, adminPassword);
builder.Build().Run();
return 0;
