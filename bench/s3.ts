// How fast small objects get into S3, beside curl and rclone, where the machine has them.
//
//   npm run bench:s3 [-- FILES]
//
// flaghoist downloads each file first, the others have theirs on the disk. There are two servers, each a
// process of its own: s3rver, which checks signatures and writes files, and a small one in memory, which
// takes less time than any client. The CPU time is the client's alone.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedProgram } from './peers/installed.ts';

const [files = 2000] = process.argv.slice(2).map(Number);
const BODY = Buffer.alloc(12_000, 'x');
const AT_A_TIME = 16;

const folder = await mkdtemp(join(tmpdir(), 'flaghoist-s3-'));
const started: ChildProcess[] = [];
try {
  const names = Array.from({ length: files }, (_, n) => `${n}.bin`);
  await mkdir(join(folder, 'files'));
  for (const name of names) await writeFile(join(folder, 'files', name), BODY);
  const site = await serverOf('site', folder);
  await writeFile(join(folder, 'list.txt'), names.map((name) => `${site}/${name}\n`).join(''));
  for (const kind of ['s3rver', 'memory']) {
    for (const client of [flaghoist, curl, rclone]) {
      const endpoint = await serverOf(kind, join(folder, `${kind}-${client.name}`));
      report(kind, client.name, client(endpoint, names));
    }
  }
} finally {
  for (const server of started) server.kill();
  await rm(folder, { recursive: true, force: true });
}

/** Starts a server, and waits for its URL. */
async function serverOf(kind: string, directory: string): Promise<string> {
  const server = fork(join(import.meta.dirname, 'servers/s3-process.ts'), [kind, directory]);
  started.push(server);
  const [url] = await once(server, 'message');
  return url;
}

/** What a client took, in seconds; a text when there is none. */
type Taken = { readonly wall: number; readonly cpu: number } | string;

function run(command: string, args: readonly string[]): Taken {
  const { AWS_CA_BUNDLE: _, ...rest } = process.env;
  const keys = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };
  const begun = performance.now();
  const timed = spawnSync('/usr/bin/env', ['bash', '-c', 'time "$0" "$@"', command, ...args], {
    env: { ...rest, ...keys, TIMEFORMAT: 'cpu %U %S' },
    encoding: 'utf8',
  });
  const wall = (performance.now() - begun) / 1000;
  if (timed.status === 127) return 'not installed';
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(timed.stderr) ?? [];
  if (timed.status !== 0) return `failed: ${timed.stderr.slice(0, 200)}`;
  return { wall, cpu: Number(user) + Number(system) };
}

function flaghoist(endpoint: string): Taken {
  const ledger = join(folder, `ledger-${started.length}`);
  const args = ['get', '-i', join(folder, 'list.txt'), '-d', ledger, '--sink', 's3://bucket/a'];
  return run(process.execPath, [installedProgram(), ...args, '--s3-endpoint', endpoint, '-q']);
}

function curl(endpoint: string, names: readonly string[]): Taken {
  const lines = names.map((name) => {
    const path = join(folder, 'files', name);
    return `upload-file = "${path}"\nurl = "${endpoint}/bucket/a/${name}"\noutput = /dev/null\n`;
  });
  const config = join(folder, 'curl.cfg');
  spawnSync('tee', [config], { input: lines.join('') });
  const sign = ['--aws-sigv4', 'aws:amz:us-east-1:s3', '--user', 'S3RVER:S3RVER'];
  // Without the payload's digest, which curl 7.88 does not send by itself, s3rver refuses the signature.
  const unsigned = ['-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD'];
  const options = ['-sS', '-Z', '--parallel-max', String(AT_A_TIME), '--fail-early', '-f'];
  return run('curl', [...options, ...sign, ...unsigned, '-K', config]);
}

function rclone(endpoint: string): Taken {
  const remote = `:s3,provider=Minio,env_auth,no_check_bucket,endpoint='${endpoint}':bucket/a`;
  const options = ['--transfers', String(AT_A_TIME), '--config', '/dev/null', '--no-traverse'];
  return run('rclone', ['copy', join(folder, 'files'), remote, ...options]);
}

function report(kind: string, client: string, taken: Taken): void {
  const said =
    typeof taken === 'string'
      ? taken
      : `${Math.round(files / taken.wall)} objects/s, ${((1000 * taken.cpu) / files).toFixed(2)} ms of CPU each`;
  process.stdout.write(`${kind.padEnd(8)} ${client.padEnd(10)} ${said}\n`);
}
