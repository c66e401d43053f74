// A service for the tests of the AppHost engine: it tells what it was given and does what it is told.
if (args is ["exit", var code])
    return int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);

var healthy = args is not ["unhealthy"];
var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/health", () => healthy ? Results.Ok() : Results.StatusCode(503));
app.MapPost("/recover", () => healthy = true);
app.MapGet("/pid", () => Environment.ProcessId);
app.MapGet("/directory", () => Results.Json(Environment.CurrentDirectory));
app.MapGet("/environment", () => Environment.GetEnvironmentVariables());
app.MapPost("/log", (ILogger<Program> logger, string text) => logger.LogWarning("{Text}", text));
app.Run();
return 0;
