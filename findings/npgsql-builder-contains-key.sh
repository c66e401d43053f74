#!/usr/bin/env bash
# Npgsql 10.0.3, seen 2026-11-29.
#
# NpgsqlConnectionStringBuilder.ContainsKey says true for every keyword that Npgsql knows, whether the connection string
# sets it or not. The DbConnectionStringBuilder that it is made from says true only for what is set. So "set a default
# unless the operator has set it", written with ContainsKey, never sets anything, without an error: pools keep their
# 100 connections and nothing is prepared. The keys that are set are in Keys.
#
# Output seen:
#   base: pool False, host True
#   Npgsql: pool True, host True, a word that is no keyword False
#   Npgsql, Keys: pool False, host True
#   default of the pool: 100
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
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Npgsql" Version="[10.0.3]" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using System.Data.Common;
using Npgsql;

const string Text = "Host=db.example.org";
const string Pool = "Maximum Pool Size";
var plain = new DbConnectionStringBuilder { ConnectionString = Text };
var typed = new NpgsqlConnectionStringBuilder(Text);
Console.WriteLine($"base: pool {plain.ContainsKey(Pool)}, host {plain.ContainsKey("Host")}");
Console.WriteLine($"Npgsql: pool {typed.ContainsKey(Pool)}, host {typed.ContainsKey("Host")}, a word that is no keyword {typed.ContainsKey("Pond Size")}");
var keys = typed.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
Console.WriteLine($"Npgsql, Keys: pool {keys.Contains(Pool)}, host {keys.Contains("Host")}");
if (!typed.ContainsKey(Pool))
    typed.MaxPoolSize = 30;
Console.WriteLine($"default of the pool: {typed.MaxPoolSize}");
PROGRAM
seen=$(dotnet run 2>&1)
echo "$seen"
[ "$seen" = $'base: pool False, host True\nNpgsql: pool True, host True, a word that is no keyword False\nNpgsql, Keys: pool False, host True\ndefault of the pool: 100' ] || { echo "Not as in 10.0.3" >&2; exit 1; }
