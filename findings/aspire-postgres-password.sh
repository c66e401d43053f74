#!/usr/bin/env bash
# Aspire.Hosting.PostgreSQL 13.6.5 with Npgsql 10.0.3, seen 2026-11-29.
#
# PostgreSQL allows any text as a password. AddPostgres puts the value of its password parameter into the connection string
# as it is, without the quotes that the format asks for around semicolons and quotes, so that Npgsql reads another password,
# another setting, or nothing. The URI form of the same resource is escaped and right.
#
# Output seen:
#   Host=localhost;Port=5432;Username=postgres;Password=first;second
#   connection string: refused
#   postgresql://postgres:first%3Bsecond@localhost:5432
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
    <NoWarn>NU1603</NoWarn>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Aspire.Hosting.PostgreSQL" Version="[13.6.5]" />
    <PackageReference Include="Npgsql" Version="[10.0.3]" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Npgsql;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
var server = builder.AddPostgres("db", password: builder.AddParameter("password", "first;second")).Resource;
var endpoint = server.Annotations.OfType<EndpointAnnotation>().Single();
endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", 5432);

var text = await server.ConnectionStringExpression.GetValueAsync(default);
Console.WriteLine(text);
try
{
    Console.WriteLine($"connection string: password '{new NpgsqlConnectionStringBuilder(text).Password}'");
}
catch (ArgumentException)
{
    Console.WriteLine("connection string: refused");
}

Console.WriteLine(await server.UriExpression.GetValueAsync(default));
PROGRAM
seen=$(dotnet run 2>/dev/null)
expected='Host=localhost;Port=5432;Username=postgres;Password=first;second
connection string: refused
postgresql://postgres:first%3Bsecond@localhost:5432'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "This is not what was seen in 13.6.5." >&2; exit 1; }
