// What Node needs at the least for a list of files: a socket for each, all at once, without a ledger,
// deadlines, retries or checks. Plain JavaScript, so that no time goes into its types.
//
//     node bare-sockets.js LIST DIRECTORY
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const END_OF_HEAD = '\r\n\r\n';

const [list, directory] = process.argv.slice(2);
const urls = readFileSync(list, 'utf8').trim().split('\n');
const buffer = Buffer.alloc(64 * 1024);
let left = urls.length;

for (const [index, text] of urls.entries()) {
  const { hostname, port, host, pathname } = new URL(text);
  const pieces = [];
  let missing;
  const callback = (size) => {
    let begin = 0;
    if (missing === undefined) {
      const head = buffer.latin1Slice(0, size);
      begin = head.indexOf(END_OF_HEAD) + END_OF_HEAD.length;
      missing = Number(/content-length: (\d+)/i.exec(head)[1]);
    }
    pieces.push(Buffer.from(buffer.subarray(begin, size)));
    missing -= size - begin;
    if (missing === 0) save(index, Buffer.concat(pieces));
    return true;
  };
  const onread = { buffer, callback };
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
}

function save(index, body) {
  const temporary = join(directory, `.${index}`);
  writeFileSync(temporary, body);
  renameSync(temporary, join(directory, String(index)));
  left--;
  if (left === 0) process.exit();
}
