using ShTP.Data;
using ShTP.Data.Outbox;
using ShTP.Notifications;
using ShTP.Notifications.Banners;
using ShTP.Notifications.Live;
using ShTP.Notifications.Messages;
using ShTP.Notifications.OldSystem;
using ShTP.Rpc;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Notifications);
builder.AddRpcServer(ResourceNames.Notifications);
builder.AddServiceDatabase<NotificationsDb>(ResourceNames.NotificationsDb);
builder.AddOutbox<NotificationsDb>();
builder.AddServiceClient<UsersInternal.UsersInternalClient>(ResourceNames.Users);
builder.Services.AddSingleton<LiveFeed>();
builder.Services.AddHostedService<LiveReader>();
builder.Services.AddSingleton<Audience>();

var app = builder.Build();
app.MapRpcService<NotificationsService>();
app.MapRpcService<BannersService>();
app.MapRpcService<NotificationsInternalService>();
app.MapRpcService<NotificationsImportService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<NotificationsDb>(args);
