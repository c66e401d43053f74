#!/usr/bin/env bash
# AWSSDK.S3 4.1.0 for .NET against s3rver 3.7.1 (npm), a server for tests that speaks S3, seen 2026-11-30. Needs .NET 10 and node.
#
# The client sends an upload in signed chunks unless it is told not to, with a checksum as a trailer behind them. s3rver
# answers 200 and stores what came over the wire: sizes and signatures of the chunks become part of the object, which is then
# longer than what was put, and reading it back raises no error. RequestChecksumCalculation = WHEN_REQUIRED, which is the
# usual advice for other servers, leaves out the trailer alone and the chunks remain; UseChunkEncoding = false of each
# PutObjectRequest is what helps, with either setting.
#
# Output seen:
#   defaults: put 200, stored 313 bytes for 19, chunk signatures inside True
#   no chunks: put 200, stored 19 bytes for 19, chunk signatures inside False
#   checksums when required: put 200, stored 192 bytes for 19, chunk signatures inside True
#   no chunks, checksums when required: put 200, stored 19 bytes for 19, chunk signatures inside False
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit s3rver@3.7.1 >/dev/null 2>&1
cat > server.mjs <<'SERVER'
import S3rver from 's3rver';
const s3 = new S3rver({ port: 0, address: '127.0.0.1', directory: 'stored', silent: true, configureBuckets: [{ name: 'bucket' }] });
const { port } = await s3.run();
console.log(port);
SERVER
node server.mjs > port 2>/dev/null &
server=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
cat > finding.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="AWSSDK.S3" Version="[4.1.0]" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

const string Text = "nineteen characters";
foreach (var (name, checksum, chunks) in new[]
{
    ("defaults", RequestChecksumCalculation.WHEN_SUPPORTED, true),
    ("no chunks", RequestChecksumCalculation.WHEN_SUPPORTED, false),
    ("checksums when required", RequestChecksumCalculation.WHEN_REQUIRED, true),
    ("no chunks, checksums when required", RequestChecksumCalculation.WHEN_REQUIRED, false),
})
{
    using var s3 = new AmazonS3Client(new BasicAWSCredentials("S3RVER", "S3RVER"), new AmazonS3Config
    {
        ServiceURL = $"http://127.0.0.1:{args[0]}", ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0, RequestChecksumCalculation = checksum,
    });
    using var content = new MemoryStream(Encoding.UTF8.GetBytes(Text));
    var put = await s3.PutObjectAsync(new PutObjectRequest { BucketName = "bucket", Key = "key", InputStream = content, UseChunkEncoding = chunks });
    using var got = await s3.GetObjectAsync("bucket", "key");
    using var reader = new StreamReader(got.ResponseStream);
    var text = await reader.ReadToEndAsync();
    Console.WriteLine($"{name}: put {(int)put.HttpStatusCode}, stored {got.ContentLength} bytes for {Text.Length}, chunk signatures inside {text.Contains("chunk-signature=")}");
}
PROGRAM
seen=$(dotnet run -- "$(cat port)" 2>&1)
echo "$seen"
expected='defaults: put 200, stored 313 bytes for 19, chunk signatures inside True
no chunks: put 200, stored 19 bytes for 19, chunk signatures inside False
checksums when required: put 200, stored 192 bytes for 19, chunk signatures inside True
no chunks, checksums when required: put 200, stored 19 bytes for 19, chunk signatures inside False'
[ "$seen" = "$expected" ] || { echo "Not as in 4.1.0 and 3.7.1" >&2; exit 1; }
