using ShTP.Gateway;
using ShTP.Transcoding.OpenApi;
using ShTP.Protos;
using ShTP.Rpc;
using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Gateway);
builder.AddUserAccess(ResourceNames.Gateway);
builder.AddGateway(Contract.ShTP);

var app = builder.Build();
if (args is ["openapi", ..])
    return await app.WriteOpenApiAsync(Console.OpenStandardOutput());
app.UseGateway();
app.MapDefaultEndpoints();
app.MapGatewayInformation();
app.MapDocumentation();
return await app.RunCheckedAsync(() =>
{
    // YARP asks the services for their health as soon as it knows them: not before the settings are known to be right.
    app.MapContract();
    return Task.CompletedTask;
});
