using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Files);
builder.AddGrpcDefaults();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
