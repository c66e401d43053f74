using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;
using ShTP.Files;
using ShTP.Files.Downloads;
using ShTP.Files.StoredFiles;
using ShTP.Rpc;
using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Files);
builder.AddRpcServer(ResourceNames.Files);
builder.AddServiceDatabase<FilesDb>(ResourceNames.FilesDb);
builder.AddOutbox<FilesDb>();
builder.AddAudit<FilesDb>();
builder.AddFileStorage();

var app = builder.Build();
app.MapStorage();
app.MapRpcService<FilesService>();
app.MapRpcService<FilesInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<FilesDb>(args);
