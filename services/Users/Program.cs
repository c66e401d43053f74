using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Files.V1;
using ShTP.ServiceDefaults;
using ShTP.Users;
using ShTP.Users.Groups;
using ShTP.Users.Profiles;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Users);
builder.AddGrpcDefaults();
builder.AddNpgsqlDbContext<UsersDb>(ResourceNames.UsersDb, configureDbContextOptions: o => o.UseSnakeCaseNamingConvention());
builder.AddOutbox<UsersDb>();
builder.AddServiceClient<AuthInternal.AuthInternalClient>(ResourceNames.Auth);
builder.Services.AddScoped<UserCreation>().AddScoped<FirstAdmin>();
builder.AddServiceClient<FilesInternal.FilesInternalClient>(ResourceNames.Files);

var app = builder.Build();
app.MapGrpcService<UsersService>();
app.MapGrpcService<GroupsService>();
app.MapGrpcService<UsersInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<UsersDb>(args);
