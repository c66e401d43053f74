using ShTP.Gateway;
using ShTP.Gateway.OpenApi;
using ShTP.Protos;
using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Gateway);
builder.AddGateway(Contract.ShTP);

var app = builder.Build();
if (args is ["openapi", ..])
    return await app.WriteOpenApiAsync(Console.OpenStandardOutput());
app.UseGateway();
app.MapDefaultEndpoints();
app.MapGatewayInformation();
app.MapDocumentation();
app.MapContract();
return await app.RunCheckedAsync();
