using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Files.V1;
using ShTP.ServiceDefaults;
using ShTP.Users;
using ShTP.Users.Groups;
using ShTP.Users.Profiles;
using ShTP.Users.Ratings;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Users);
builder.AddGrpcDefaults();
builder.AddNpgsqlDbContext<UsersDb>(ResourceNames.UsersDb, configureDbContextOptions: o => o.UseSnakeCaseNamingConvention());
builder.AddOutbox<UsersDb>();
builder.AddServiceClient<AuthInternal.AuthInternalClient>(ResourceNames.Auth);
builder.AddServiceClient<FilesInternal.FilesInternalClient>(ResourceNames.Files);
builder.Services.AddScoped<UserCreation>();
builder.Services.AddScoped<UserUpdate>();
builder.Services.AddScoped<AvatarChange>();
builder.Services.AddScoped<UserDeletion>();
builder.Services.AddScoped<RatingPages>();
builder.Services.AddScoped<FirstAdmin>();

var app = builder.Build();
app.MapGrpcService<UsersService>();
app.MapGrpcService<GroupsService>();
app.MapGrpcService<UsersInternalService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<UsersDb>(args);
