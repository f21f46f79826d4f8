// A server of bench/s3.ts in a process of its own: `site`, `s3rver` or `memory`. It ends with that process.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Server } from '../../test/support/s3-server.ts';
import { startS3rver } from '../../test/support/s3rver.ts';

const BODY = Buffer.alloc(12_000, 'x');
const [kind, directory = ''] = process.argv.slice(2);

process.on('disconnect', () => process.exit());
process.send?.(await urlOf());

async function urlOf(): Promise<string> {
  if (kind === 's3rver') return (await startS3rver(directory)).endpoint;
  if (kind === 'memory') return (await S3Server.start()).endpoint;
  const server = createServer((_, response) => response.end(BODY));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
