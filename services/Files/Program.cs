using Microsoft.EntityFrameworkCore;
using ShTP.Files;
using ShTP.Files.Downloads;
using ShTP.Files.StoredFiles;
using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Files);
builder.AddGrpcDefaults();
builder.Services.AddDbContextPool<FilesDb>(o => o
    .UseNpgsql(builder.Configuration.GetConnectionString(ResourceNames.FilesDb), npgsql => npgsql.EnableRetryOnFailure())
    .UseSnakeCaseNamingConvention());
builder.AddOutbox<FilesDb>();
builder.AddFileStorage();

var app = builder.Build();
app.MapStorage();
app.MapGrpcService<FilesService>();
app.MapGrpcService<FilesInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<FilesDb>(args);
