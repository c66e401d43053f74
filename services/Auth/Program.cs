using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Auth);
builder.AddGrpcDefaults();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
