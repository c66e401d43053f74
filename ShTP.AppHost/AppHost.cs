using ShTP.AppHost;
using static ShTP.ServiceDefaults.ResourceNames;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = DemoSchool.WithSwitch(args), EnableResourceLogging = true });
if (!builder.TryGetPublicPort(out var port))
    return 1;
// Tests pass --Data=ephemeral: nothing outlives the run, nothing of an earlier one is found.
var keep = !string.Equals(builder.Configuration["Data"], "ephemeral", StringComparison.OrdinalIgnoreCase);

var adminEmail = builder.AddParameter("admin-email", new FixedDefault("admin@shtp.local"));
var adminPassword = builder.AddParameter("admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: keep);
var postgresPassword = builder.AddParameter("postgres-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: keep);
var signingKeysKey = builder.AddParameter("auth-key-encryption-key", new RandomKey(), secret: true, persist: keep);
var linkKey = builder.AddParameter("files-link-key", new RandomKey(), secret: true, persist: keep);
var calendarKey = builder.AddParameter("events-calendar-key", new RandomKey(), secret: true, persist: keep);

var postgres = builder.AddPostgres(Postgres, password: postgresPassword);
if (keep)
    postgres.WithDataVolume();
var authDb = postgres.AddDatabase(AuthDb);
var usersDb = postgres.AddDatabase(UsersDb);
var filesDb = postgres.AddDatabase(FilesDb);
var achievementsDb = postgres.AddDatabase(AchievementsDb);
var eventsDb = postgres.AddDatabase(EventsDb);
var notificationsDb = postgres.AddDatabase(NotificationsDb);
var assignmentsDb = postgres.AddDatabase(AssignmentsDb);

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

var achievements = builder.AddProject<Projects.ShTP_Achievements>(Achievements)
    .WithReference(achievementsDb).WaitFor(achievementsDb)
    .WithEnvironment("Files__LinkKey", linkKey)
    .WithHttpHealthCheck("/health");

var events = builder.AddProject<Projects.ShTP_Events>(Events)
    .WithReference(eventsDb).WaitFor(eventsDb)
    .WithEnvironment("Events__CalendarKey", calendarKey)
    .WithHttpHealthCheck("/health");

var notifications = builder.AddProject<Projects.ShTP_Notifications>(Notifications)
    .WithReference(notificationsDb).WaitFor(notificationsDb)
    .WithHttpHealthCheck("/health");

var assignments = builder.AddProject<Projects.ShTP_Assignments>(Assignments)
    .WithReference(assignmentsDb).WaitFor(assignmentsDb)
    .WithHttpHealthCheck("/health");

var checker = builder.AddProject<Projects.ShTP_Checker>(Checker)
    .WithReference(assignments).WaitFor(assignments)
    .WithHttpHealthCheck("/health");

// Services call each other, so only their databases are waited for: a wait both ways would never end.
auth.WithReference(users);
users.WithReference(auth).WithReference(files).WithReference(achievements).WithReference(events).WithReference(notifications).WithReference(assignments);
files.WithReference(auth).WithReference(users);
achievements.WithReference(auth).WithReference(users).WithReference(files).WithReference(notifications);
events.WithReference(auth).WithReference(users).WithReference(notifications);
notifications.WithReference(auth).WithReference(users);
assignments.WithReference(auth).WithReference(users).WithReference(files).WithReference(notifications);

var gateway = builder.AddProject<Projects.ShTP_Gateway>(Gateway)
    .WithEndpoint("http", endpoint => endpoint.Port = port)
    .WithExternalHttpEndpoints()
    .WithReference(auth).WaitFor(auth)
    .WithReference(users).WaitFor(users)
    .WithReference(files).WaitFor(files)
    .WithReference(achievements).WaitFor(achievements)
    .WithReference(events).WaitFor(events)
    .WithReference(notifications).WaitFor(notifications)
    .WithReference(assignments).WaitFor(assignments)
    .WithHttpHealthCheck("/health");

// Sites and browsers know one address only.
auth.WithEnvironment("Auth__OpenId__Issuer", gateway.GetEndpoint("http"));

builder.AddServiceIdentities(keep, auth, users, files, achievements, events, notifications, assignments, checker, gateway);
builder.AddDemo(gateway, adminEmail, adminPassword, keep);
builder.AddConsoleReport(gateway, adminEmail, adminPassword);
builder.Build().Run();
return 0;
