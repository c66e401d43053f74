using Microsoft.EntityFrameworkCore;
using ShTP.Files;
using ShTP.Files.Downloads;
using ShTP.Files.StoredFiles;
using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Files);
builder.AddGrpcDefaults();
builder.AddNpgsqlDbContext<FilesDb>(ResourceNames.FilesDb, configureDbContextOptions: o => o.UseSnakeCaseNamingConvention());
builder.AddOutbox<FilesDb>();
builder.AddFileStorage();

var app = builder.Build();
app.MapStorage();
app.MapGrpcService<FilesService>();
app.MapGrpcService<FilesInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<FilesDb>(args);
