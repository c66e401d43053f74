using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Gateway);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
