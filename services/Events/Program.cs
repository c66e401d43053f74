using ShTP.Events;
using ShTP.Events.Feed;
using ShTP.Events.School;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Data;
using ShTP.Users.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Events);
builder.AddGrpcDefaults();
builder.AddServiceDatabase<EventsDb>(ResourceNames.EventsDb);
builder.AddOutbox<EventsDb>();
builder.AddServiceClient<UsersInternal.UsersInternalClient>(ResourceNames.Users);
builder.AddEvents();

var app = builder.Build();
app.MapGrpcService<EventsService>();
app.MapGrpcService<FeedService>();
app.MapGrpcService<EventsInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<EventsDb>(args);
