using ShTP.Gateway;
using ShTP.Protos;
using ShTP.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ResourceNames.Gateway);
builder.AddGateway(Contract.ShTP);

var app = builder.Build();
app.UseGateway();
app.MapDefaultEndpoints();
app.MapGatewayInformation();
app.MapContract();
return await app.RunCheckedAsync();
