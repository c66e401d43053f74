using Microsoft.Extensions.Options;
using ShTP.Assignments.V1;
using ShTP.Checker;
using ShTP.Checker.Leasing;
using ShTP.Checker.Repositories;
using ShTP.Rpc;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Checker);
builder.BoundConnections();
builder.AddServiceIdentity(ResourceNames.Checker);
builder.AddServiceClient<AssignmentsInternal.AssignmentsInternalClient>(ResourceNames.Assignments);

var services = builder.Services;
builder.AddCheckedOptions<CheckerOptions>(CheckerOptions.Section);
services.AddSingleton(provider => provider.GetRequiredService<IOptions<CheckerOptions>>().Value);
services.AddSingleton<JudgePreparation>().AddHostedService(provider => provider.GetRequiredService<JudgePreparation>());
services.AddSingleton<Leases>().AddHostedService(provider => provider.GetRequiredService<Leases>());
services.AddSingleton<RepositoryFetch>(provider => new RepositoryFetch(RepositoryNetwork.From(provider.GetRequiredService<CheckerOptions>()))).AddSingleton<WorkJudging>().AddHostedService<Worker>();
services.AddHealthChecks().AddCheck<JudgeHealthCheck>("judge");

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunCheckedAsync();
