#!/usr/bin/env bash
# Google.Protobuf 3.36.2 with Grpc.Tools 2.85.0, C#, seen 2026-11-29.
#
# For a proto3 `optional` number, "given as 0" and "not given" are two messages: HasMark, the bytes and CalculateSize differ.
# The generated Equals says that they are equal: a comparison with an empty message, as in "is there anything to
# update?", overlooks a field that is set to 0, false or "". For text the generated GetHashCode does look at presence, so two
# messages are equal and have different hash codes, and a set or a dictionary does not find the one by the other.
#
# Output seen:
#   has: True False
#   size: 2 0
#   equal: True
#   text: equal True, found False
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
    <PackageReference Include="Google.Protobuf" Version="[3.36.2]" />
    <PackageReference Include="Grpc.Tools" Version="[2.85.0]" PrivateAssets="all" />
    <Protobuf Include="change.proto" GrpcServices="None" />
  </ItemGroup>
</Project>
PROJECT
cat > change.proto <<'PROTO'
syntax = "proto3";

message Change {
  optional int32 mark = 1;
  optional string name = 2;
}
PROTO
cat > Program.cs <<'PROGRAM'
var (given, absent) = (new Change { Mark = 0 }, new Change());
Console.WriteLine($"has: {given.HasMark} {absent.HasMark}");
Console.WriteLine($"size: {given.CalculateSize()} {absent.CalculateSize()}");
Console.WriteLine($"equal: {given.Equals(absent)}");
var named = new Change { Name = "" };
Console.WriteLine($"text: equal {named.Equals(absent)}, found {new HashSet<Change> { named }.Contains(absent)}");
PROGRAM
seen=$(dotnet run 2>&1)
echo "$seen"
[ "$seen" = $'has: True False\nsize: 2 0\nequal: True\ntext: equal True, found False' ] || { echo "Not as in 3.36.2" >&2; exit 1; }
