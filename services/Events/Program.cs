using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;
using ShTP.Events;
using ShTP.Events.Feed;
using ShTP.Rpc;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Events);
builder.AddRpcServer(ResourceNames.Events);
builder.AddServiceDatabase<EventsDb>(ResourceNames.EventsDb);
builder.AddOutbox<EventsDb>();
builder.AddIdempotency<EventsDb>();
builder.AddAudit<EventsDb>();
builder.AddServiceClient<UsersInternal.UsersInternalClient>(ResourceNames.Users);
builder.AddEvents();

var app = builder.Build();
app.MapRpcService<EventsService>();
app.MapRpcService<FeedService>();
app.MapRpcService<EventsInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<EventsDb>(args);
