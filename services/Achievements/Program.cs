using Microsoft.EntityFrameworkCore;
using ShTP.Achievements;
using ShTP.ServiceDefaults;
using ShTP.Users.V1;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Achievements);
builder.AddGrpcDefaults();
builder.AddNpgsqlDbContext<AchievementsDb>(ResourceNames.AchievementsDb, configureDbContextOptions: o => o.UseSnakeCaseNamingConvention());
builder.AddOutbox<AchievementsDb>();
builder.AddServiceClient<UsersInternal.UsersInternalClient>(ResourceNames.Users);

var app = builder.Build();
app.MapGrpcService<AchievementsService>();
app.MapDefaultEndpoints();
return await app.MigrateOrRunAsync<AchievementsDb>(args);
