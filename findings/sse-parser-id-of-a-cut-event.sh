#!/usr/bin/env bash
# System.Net.ServerSentEvents 11.0.0 (10.0.12 of .NET 10 does the same) and eventsource 5.1.5 of npm, seen 2026-11-29.
#
# A stream is cut between the id of an event and the blank line that ends it. By the HTML standard the id of a stream
# changes when an event is dispatched, so a client asks for what follows the last event that it got. SseParser hands the cut
# event out to nobody, as it should, but its LastEventId is that of the cut event: a client that sends
# it in Last-Event-ID when it connects again loses that event. The EventId of the last item is the right one to send.
# The EventSource of npm, cut at the same byte, asks for the event again.
#
# Output seen:
#   SseParser: items 1:first, EventId of the last item 1, LastEventId 2
#   eventsource: Last-Event-ID 1
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
    <PackageReference Include="System.Net.ServerSentEvents" Version="[11.0.0]" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using System.Net.ServerSentEvents;
using System.Text;

var cut = "id: 1\ndata: first\n\nid: 2\ndata: second\n";
var parser = SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(cut)));
var items = parser.Enumerate().ToList();
Console.WriteLine($"SseParser: items {string.Join(", ", items.Select(item => $"{item.EventId}:{item.Data}"))}, EventId of the last item {items[^1].EventId}, LastEventId {parser.LastEventId}");
PROGRAM
cat > peer.mjs <<'PEER'
import { createServer } from 'node:http';
import { EventSource } from 'eventsource';

let source;
const server = createServer((request, response) => {
  if (request.headers['last-event-id'] !== undefined) {
    console.log(`eventsource: Last-Event-ID ${request.headers['last-event-id']}`);
    source.close();
    response.end();
    server.close();
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.end('retry: 50\nid: 1\ndata: first\n\nid: 2\ndata: second\n');
});
server.listen(0, '127.0.0.1', () => {
  source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
});
PEER
npm install --silent --no-audit --no-fund eventsource@5.1.5 > npm.log 2>&1 || { cat npm.log >&2; exit 1; }
seen=$(dotnet run 2>&1; timeout 60 node peer.mjs 2>&1)
echo "$seen"
[ "$seen" = $'SseParser: items 1:first, EventId of the last item 1, LastEventId 2\neventsource: Last-Event-ID 1' ] || { echo "Not as in 11.0.0 and 5.1.5" >&2; exit 1; }
