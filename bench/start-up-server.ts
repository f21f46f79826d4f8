// Serves the one small file of start-up.ts, and sends its port to the parent process.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const FILE = Buffer.alloc(1_000, 'a');

const server = createServer((_, response) => {
  response.setHeader('content-length', FILE.length);
  response.end(FILE);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
// The parent process may be killed.
process.on('disconnect', () => process.exit());
