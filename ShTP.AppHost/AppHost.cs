using ShTP.AppHost;
using ShTP.AppHost.Postgres;
using ShTP.LocalPostgres;
using static ShTP.ServiceDefaults.ResourceNames;

var builder = SystemBuilder.Create(args);
if (!AppHostOptions.TryRead(builder, Console.Error, out var options))
    return 1;
var data = SystemData.Of(builder, options);
var ports = PortBlock.Take(builder);

var adminEmail = builder.AddParameter("admin-email", new FixedDefault("admin@shtp.local"));
var schoolName = builder.AddParameter("school-name", new FixedDefault("IT-класс"));
var adminPassword = builder.AddSecret("admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, data);
var postgresPassword = builder.AddSecret("postgres-password", new GenerateParameterDefault { MinLength = 22, Special = false }, data);
var signingKeysKey = builder.AddSecret("auth-key-encryption-key", new RandomKey(), data);
var linkKey = builder.AddSecret("files-link-key", new RandomKey(), data);
var calendarKey = builder.AddSecret("events-calendar-key", new RandomKey(), data);

var postgres = builder.AddPostgresServer(Postgres, postgresPassword, data, ports, options);
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
    .WithEnvironment("Auth__KeyEncryptionKey", signingKeysKey);

var users = builder.AddProject<Projects.ShTP_Users>(Users)
    .WithReference(usersDb).WaitFor(usersDb);

var files = builder.AddProject<Projects.ShTP_Files>(Files)
    .WithReference(filesDb).WaitFor(filesDb)
    .WithEnvironment("Files__LinkKey", linkKey)
    .WithEnvironment("Files__Directory", data.FolderOf(Files));

var achievements = builder.AddProject<Projects.ShTP_Achievements>(Achievements)
    .WithReference(achievementsDb).WaitFor(achievementsDb)
    .WithEnvironment("Files__LinkKey", linkKey);

var events = builder.AddProject<Projects.ShTP_Events>(Events)
    .WithReference(eventsDb).WaitFor(eventsDb)
    .WithEnvironment("Events__CalendarKey", calendarKey);

var notifications = builder.AddProject<Projects.ShTP_Notifications>(Notifications)
    .WithReference(notificationsDb).WaitFor(notificationsDb);

var assignments = builder.AddProject<Projects.ShTP_Assignments>(Assignments)
    .WithReference(assignmentsDb).WaitFor(assignmentsDb);

var checker = builder.AddProject<Projects.ShTP_Checker>(Checker)
    .WithReference(assignments).WaitFor(assignments);
// An installation names a folder of its own.
if (builder.ExecutionContext.IsRunMode)
    checker.WithEnvironment("Checker__Cache", Path.Combine(LocalFolders.Cache, "checker"));

// Services call each other, so each waits only for its database. Mutual waits would never end.
auth.WithReference(users);
users.WithReference(auth).WithReference(files).WithReference(achievements).WithReference(events).WithReference(notifications).WithReference(assignments);
files.WithReference(auth).WithReference(users);
achievements.WithReference(auth).WithReference(users).WithReference(files).WithReference(notifications);
events.WithReference(auth).WithReference(users).WithReference(notifications);
notifications.WithReference(auth).WithReference(users);
assignments.WithReference(auth).WithReference(users).WithReference(notifications);

var gateway = builder.AddProject<Projects.ShTP_Gateway>(Gateway)
    .WithExternalHttpEndpoints()
    .WithReference(auth).WaitFor(auth)
    .WithReference(users).WaitFor(users)
    .WithReference(files).WaitFor(files)
    .WithReference(achievements).WaitFor(achievements)
    .WithReference(events).WaitFor(events)
    .WithReference(notifications).WaitFor(notifications)
    .WithReference(assignments).WaitFor(assignments);

// Browsers and sites must see a single address.
auth.WithEnvironment("Auth__OpenId__Issuer", gateway.GetEndpoint("http"));
foreach (var page in new[] { auth, gateway })
    page.WithEnvironment("School__Name", schoolName);

// Only for local runs. A published manifest has none of this.
auth.ShownAs("PersonKey").WithAdminCommand(adminEmail, adminPassword).WithRetryCommand();
users.ShownAs("People").WithRetryCommand();
files.ShownAs("Folder").WithRetryCommand();
achievements.ShownAs("Trophy").WithRetryCommand();
events.ShownAs("Calendar").WithRetryCommand();
notifications.ShownAs("Alert").WithRetryCommand();
assignments.ShownAs("TaskListSquareLtr").WithRetryCommand();
checker.ShownAs("Beaker").WithParentRelationship(assignments);
gateway.ShownAsEntrance("Globe");
IResourceBuilder<ProjectResource>[] services = [auth, users, files, achievements, events, notifications, assignments, checker];
foreach (var service in services)
    service.RunsDirectly().WithReadyCheck();
services.ShareServer(postgres, options);
gateway.RunsDirectly(options.Port).WithReadyCheck();
postgres.AddResetCommand(data, Files);

IResourceBuilder<IResourceWithConnectionString>[] databases = [authDb, usersDb, filesDb, achievementsDb, eventsDb, notificationsDb, assignmentsDb];
builder.AddRestore(databases, services, data);
var backups = builder.AddBackups(databases, services, data);

builder.AddServiceIdentities(data, [.. services, gateway]);
if (options.RestartsCrashed)
    builder.AddCrashRestart([.. services, gateway, .. backups]);
builder.AddDemo(gateway, adminEmail, adminPassword, data, options);
builder.AddConsoleReport(gateway, adminEmail, adminPassword, data, options);
if (!builder.ExecutionContext.IsPublishMode && !AppHostSettings.KnowsParameters(builder, Console.Error))
    return 1;
builder.Build().Run();
return Environment.ExitCode;
