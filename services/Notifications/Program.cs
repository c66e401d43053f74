using Microsoft.EntityFrameworkCore;
using ShTP.Notifications;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Notifications);
builder.AddGrpcDefaults();
builder.AddNpgsqlDbContext<NotificationsDb>(ResourceNames.NotificationsDb, configureDbContextOptions: o => o.UseSnakeCaseNamingConvention());
builder.AddOutbox<NotificationsDb>();
builder.AddServiceClient<UsersInternal.UsersInternalClient>(ResourceNames.Users);

var app = builder.Build();
app.MapGrpcService<NotificationsService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<NotificationsDb>(args);
