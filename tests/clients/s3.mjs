// An S3 server (s3rver) for the tests of Files: node s3.mjs FOLDER BUCKET
// Prints its port. GET /puts tells how many objects were put. Ends with its standard input.
import http from 'node:http';
import S3rver from 's3rver';

const [directory, bucket] = process.argv.slice(2);
const s3 = new S3rver({ directory, silent: true, configureBuckets: [{ name: bucket }] });
await s3.configureBuckets();
const answer = s3.callback();
let puts = 0;
const server = http.createServer((request, response) => {
  if (request.url === '/puts') {
    response.end(String(puts));
    return;
  }

  if (request.method === 'PUT') puts++;
  answer(request, response);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
