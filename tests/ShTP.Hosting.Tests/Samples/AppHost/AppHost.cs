// An AppHost for the tests of the engine: a database, a service that waits for it, a front that waits for the service.
using ShTP.AppHost;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, EnableResourceLogging = true });
if (!builder.TryGetPublicPort(out var port))
    return 1;
if (builder.Configuration["leave"] is "before-build")
    return 0;

var secret = builder.AddParameter("sample-secret", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true);
var password = builder.AddParameter("db-password", new GenerateParameterDefault(), secret: true);
var database = builder.AddPostgres("db", password: password).AddDatabase("sampledb");
var back = builder.AddProject<Projects.ShTP_Hosting_SampleService>("back")
    .WithEnvironment("SECRET", secret)
    .WithReference(database).WaitFor(database)
    .WithHttpHealthCheck("/health");
var front = builder.AddProject<Projects.ShTP_Hosting_SamplePlain>("front")
    .WithHttpEndpoint(port: port, name: "http")
    .WithReference(back).WaitFor(back)
    .WithHttpHealthCheck("/health");

// For the tests that start this as a process: who is there, once everything is healthy.
builder.Eventing.Subscribe<ResourceReadyEvent>(front.Resource, async (ready, cancellationToken) =>
{
    var connection = await database.Resource.ConnectionStringExpression.GetValueAsync(cancellationToken);
    Console.WriteLine($"READY {front.GetEndpoint("http").Url} {back.GetEndpoint("http").Url} {connection}");
});
builder.Build().Run();
return 0;
