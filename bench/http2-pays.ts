// From how many rows of an origin on HTTP/2 pays: one connection for all of them, against one of HTTP/1.1 for
// each. The server is nginx over TLS without session resumption, as in a first visit to a host.
//
//     npm run bench:http2 [-- ORIGINS]
//
// Each origin has its own address (127.0.1.1, 127.0.1.2, …). All rows of an origin are requested at once. Origins
// are visited one after the other, then all at once, as with a list of many hosts.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HttpClient } from '../src/fetch/http-client.ts';
import { median } from './results/statistics.ts';
import { flagPath, writeFlags } from './servers/flag-files.ts';
import { freePort } from './servers/free-port.ts';
import { runNginx, temporaryPaths } from './servers/run-nginx.ts';

const ROWS = [1, 2, 4, 8, 16, 32, 100];
/** Rows of each of many origins. */
const FEW = [1, 2, 4, 8];
const ORIGINS = 20;
/** How many origins are visited at once. */
const MANY = 200;
/** Round-trip times, in ms. */
const LATENCIES = [0, 50];
const execute = promisify(execFile);

const HEAD = `| rows | wall, HTTP/1.1 | HTTP/2 | CPU, HTTP/1.1 | HTTP/2 | resident, HTTP/1.1 | HTTP/2 |
|--:|--:|--:|--:|--:|--:|--:|`;

const [command = String(ORIGINS), ...rest] = process.argv.slice(2);
if (command === 'visit') await visitAll(rest);
else await compare(Number(command));

/** Prints the tables. */
async function compare(origins: number): Promise<void> {
  const folder = await mkdtemp('/dev/shm/flaghoist-http2-');
  const port = await freePort();
  await using _nginx = await startServer(folder, port, Math.max(origins, MANY));
  const certificate = join(folder, 'certificate.pem');
  try {
    for (const latency of LATENCIES) {
      console.log(`One origin after the other, ${latency} ms there and back:\n\n${HEAD}`);
      await using way = latency === 0 ? undefined : await delay(latency / 2, port, origins);
      const to = [way?.port ?? port, certificate];
      for (const rows of ROWS) console.log(await rowOf('in turn', [rows, origins, ...to]));
      console.log('');
    }
    console.log(`${MANY} origins at once:\n\n${HEAD}`);
    for (const rows of FEW) console.log(await rowOf('at once', [rows, MANY, port, certificate]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A row of a table: wall and CPU time of an origin, and resident memory, with each of the protocols. */
async function rowOf(how: string, args: readonly (string | number)[]): Promise<string> {
  const cells: string[][] = [];
  for (const from of [Number.POSITIVE_INFINITY, 1]) {
    const all = [fileURLToPath(import.meta.url), 'visit', how, from, ...args];
    const { stdout } = await execute(process.execPath, all.map(String));
    cells.push(stdout.trim().split(' '));
  }
  const [one, two] = cells;
  return `| ${args[0]} | ${one?.map((cell, i) => `${cell} | ${two?.[i]}`).join(' | ')} |`;
}

/** Visits each origin twice. Prints wall and CPU time of a second visit, and resident memory. */
async function visitAll(args: readonly string[]): Promise<void> {
  const [how, from, rows, origins, port, ca = ''] = args;
  const options = { tls: { ca: await readFile(ca, 'utf8') }, maxConnections: Number(rows) };
  await using client = new HttpClient(options, { http2From: Number(from) });
  const urls = Array.from(
    { length: Number(origins) },
    (_, i) => `https://127.0.1.${i + 1}:${port}`,
  );
  let [walls, cpu]: [number[], number] = [[], 0];
  for (let turn = 0; turn < 2; turn++) {
    const used = process.cpuUsage();
    const visits = urls.map((url) => () => visit(client, url, Number(rows)));
    if (how === 'at once') walls = await Promise.all(visits.map((each) => each()));
    else {
      walls = [];
      for (const each of visits) walls.push(await each());
    }
    const { user, system } = process.cpuUsage(used);
    cpu = (user + system) / 1000 / urls.length;
  }
  const resident = process.resourceUsage().maxRSS / 1024;
  console.log(`${(median(walls) ?? 0).toFixed(1)}ms ${cpu.toFixed(1)}ms ${resident.toFixed(0)}MB`);
}

/** @returns its duration in ms */
async function visit(client: HttpClient, origin: string, rows: number): Promise<number> {
  const began = performance.now();
  const body = { begin() {}, write: () => undefined };
  const gets = Array.from({ length: rows }, (_, row) =>
    client.get({ url: origin + flagPath(row) }, body, {}),
  );
  await Promise.all(gets);
  client.release(origin);
  return performance.now() - began;
}

/** nginx at all origins, with one process. */
async function startServer(folder: string, port: number, origins: number) {
  const addresses = Array.from({ length: origins }, (_, i) => `127.0.1.${i + 1}`);
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=origin'];
  const names = `subjectAltName=${addresses.map((address) => `IP:${address}`).join(',')}`;
  await execute('openssl', ['req', ...kind, '-addext', names, '-keyout', key, '-out', certificate]);
  await mkdir(join(folder, 'temporary'));
  await writeFlags(join(folder, 'flags'));
  const listens = [`127.0.0.1:${port}`, ...addresses.map((address) => `${address}:${port}`)];
  const config = `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; worker_processes 1;
pid ${folder}/nginx.pid; error_log ${folder}/error.log; events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; ${temporaryPaths(join(folder, 'temporary'))}
ssl_certificate ${certificate}; ssl_certificate_key ${key};
ssl_session_tickets off; ssl_session_cache off;
server { ${listens.map((listen) => `listen ${listen} ssl http2;`).join('\n')}
location ~ ^/flags/(\\d+)-\\d+\\.gif$ { alias ${folder}/flags/$1.gif; } } }`;
  return runNginx({ root: folder, config, port });
}

/** Proxies for the origins that delay each byte by `ms`, in both directions. */
async function delay(ms: number, to: number, origins: number) {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.setNoDelay();
    from.on('data', (bytes) => setTimeout(() => to.write(bytes), ms));
    from.on('end', () => setTimeout(() => to.end(), ms));
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
  };
  const servers = Array.from({ length: origins }, (_, i) => {
    const host = `127.0.1.${i + 1}`;
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const target = connect({ host, port: to, allowHalfOpen: true });
      pass(client, target);
      pass(target, client);
    });
    return server.listen(port, host);
  });
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
