using Microsoft.EntityFrameworkCore;
using ShTP.Assignments;
using ShTP.Assignments.Contests;
using ShTP.Assignments.Judging;
using ShTP.Assignments.Rejudging;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.Tasks;
using ShTP.Files.V1;
using ShTP.Notifications.V1;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Assignments);
builder.AddGrpcDefaults();
builder.AddNpgsqlDbContext<AssignmentsDb>(ResourceNames.AssignmentsDb, configureDbContextOptions: o => o.UseSnakeCaseNamingConvention());
builder.AddOutbox<AssignmentsDb>();
builder.AddServiceClient<UsersInternal.UsersInternalClient>(ResourceNames.Users);
builder.AddServiceClient<FilesInternal.FilesInternalClient>(ResourceNames.Files);
builder.AddServiceClient<NotificationsInternal.NotificationsInternalClient>(ResourceNames.Notifications);

var services = builder.Services;
services.AddOptions<AssignmentsOptions>().BindConfiguration(AssignmentsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
services.AddGrpc().AddServiceOptions<AssignmentsInternalService>(WorkSize.Allow);
services.AddScoped<TaskEditing>().AddScoped<Leaderboard>().AddScoped<ChallengeSubmission>().AddSingleton<SourceUploads>();
services.AddScoped<SubmissionLists>().AddScoped<QueueView>();
services.AddSingleton<Participants>().AddScoped<ContestEditing>().AddScoped<ContestResults>().AddScoped<ContestSubmission>();
services.AddScoped<Rejudges>();
services.AddScoped<WorkTaking>().AddScoped<WorkResults>().AddScoped<LostWork>();
services.AddSingleton<WorkSignal>().AddHostedService<WorkListener>().AddHostedService<LostWorkSweep>();

var app = builder.Build();
app.MapGrpcService<TasksService>();
app.MapGrpcService<SubmitsService>();
app.MapGrpcService<ContestsService>();
app.MapGrpcService<AssignmentsInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<AssignmentsDb>(args);
