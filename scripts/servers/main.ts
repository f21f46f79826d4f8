// Runs the command against other people's servers and proxies: those of Debian that are installed.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificate } from '../../bench/servers/certificate.ts';
import { freePort } from '../../bench/servers/free-port.ts';
import { type Finding, look } from './checks.ts';
import { APPLICATIONS } from './known/applications.ts';
import { CONFIGURED, nginx } from './known/configured.ts';
import { PASSING_ON } from './known/passing-on.ts';
import { PLAIN } from './known/plain.ts';
import { PROXIES } from './known/proxies.ts';
import type { Place, Program } from './program.ts';
import { page, type Row } from './report.ts';
import { start } from './running.ts';
import { makeSite } from './site.ts';

const PAGE = new URL('../../docs/servers.md', import.meta.url);

const PROGRAMS = [...CONFIGURED, ...APPLICATIONS, ...PLAIN, ...PASSING_ON, ...PROXIES];

const names = parseArgs({ allowPositionals: true }).positionals;
for (const name of names) {
  if (PROGRAMS.some((program) => program.name === name)) continue;
  const known = new Set(PROGRAMS.map((program) => program.name));
  throw new Error(`no server is called ${name}, only ${[...known].join(', ')}`);
}
const chosen = PROGRAMS.filter(({ name }) => names.length === 0 || names.includes(name));

const directory = await mkdtemp(join(tmpdir(), 'flaghoist-servers-'));
try {
  const rows = await lookAtAll();
  const seen = new Set(rows.map(({ program }) => program));
  if (PROGRAMS.every((program) => seen.has(program))) await writeFile(PAGE, page(rows));
  else console.log('docs/servers.md is not written: it needs all servers');
  if (rows.some(({ findings }) => findings.some(({ failure }) => failure !== undefined))) {
    process.exitCode = 1;
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** A way to use a server: the URL, and options of the command. */
interface Way {
  readonly how: string;
  readonly url: string;
  readonly args: readonly string[];
}

async function lookAtAll(): Promise<Row[]> {
  const site = await makeSite(join(directory, 'site'));
  const { certificate, key } = await makeCertificate(directory);
  const bundle = join(directory, 'bundle.pem');
  await writeFile(bundle, (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')));
  const newPlace = async (upstream: number): Promise<Place> => ({
    site: site.directory,
    scratch: await mkdtemp(join(directory, 'scratch-')),
    port: await freePort(),
    upstream,
    certificate,
    key,
    bundle,
  });

  const [plain, overTls] = [await newPlace(0), await newPlace(0)];
  await using _plain = await start(nginx(false), plain);
  await using _overTls = await start(nginx(true), overTls);

  const rows: Row[] = [];
  for (const program of chosen) {
    const version = installedVersion(program.packages[0]);
    if (version === undefined) {
      console.log(`${program.name} is not installed, so it is left out`);
      continue;
    }
    const place = await newPlace(plain.port);
    await using server = await start(program, place).catch((error: Error) => {
      console.log(error.message);
      process.exitCode = 1;
      return undefined;
    });
    if (server === undefined) continue;
    for (const { how, url, args } of waysTo(program, place.port, plain.port, overTls.port)) {
      const findings = await look({
        site,
        url,
        args: ['--cacert', certificate, ...args],
        directory: await mkdtemp(join(directory, 'got-')),
      });
      rows.push({ program, version, how, findings });
      console.log([program.name, how, ...findings.map(inWords)].join('; '));
    }
  }
  return rows;
}

/** @param plain @param overTls ports of the servers that a proxy passes requests to */
function waysTo(
  { isTls, isProxy }: Program,
  port: number,
  plain: number,
  overTls: number,
): readonly Way[] {
  const own = `127.0.0.1:${port}`;
  if (!isProxy) {
    return [
      isTls
        ? { how: 'TLS', url: `https://${own}/`, args: [] }
        : { how: '', url: `http://${own}/`, args: [] },
    ];
  }
  const args = ['--proxy', `http://${own}`];
  return [
    { how: 'proxy', url: `http://127.0.0.1:${plain}/`, args },
    { how: 'tunnel', url: `https://127.0.0.1:${overTls}/`, args },
  ];
}

function inWords({ check, found, failure }: Finding): string {
  return `${check}: ${found}${failure ? ` (${failure})` : ''}`;
}

/** The installed version of a Debian package; undefined if it is not installed. */
function installedVersion(name: string): string | undefined {
  try {
    const said = execFileSync('dpkg-query', ['--show', name], { encoding: 'utf8' });
    // The upstream version, without Debian's epoch and revision.
    return /\t(?:\d+:)?(\d+(?:\.\d+)*)/.exec(said)?.[1];
  } catch {
    return undefined;
  }
}
