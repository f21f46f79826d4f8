// Runs the command against servers and proxies that others wrote: those of Debian that are installed.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCertificate } from '../../bench/servers/certificate.ts';
import { freePort } from '../../bench/servers/free-port.ts';
import { type Finding, look, type Subject } from './checks.ts';
import { APPLICATIONS } from './known/applications.ts';
import { CONFIGURED, nginx } from './known/configured.ts';
import { PASSING_ON } from './known/passing-on.ts';
import { PLAIN } from './known/plain.ts';
import { PROXIES } from './known/proxies.ts';
import type { Place } from './program.ts';
import { page, type Row } from './report.ts';
import { start } from './running.ts';
import { makeSite } from './site.ts';

const PAGE = new URL('../../docs/servers.md', import.meta.url);

const PROGRAMS = [...CONFIGURED, ...APPLICATIONS, ...PLAIN, ...PASSING_ON, ...PROXIES];

const names = parseArgs({ allowPositionals: true }).positionals;
const chosen = PROGRAMS.filter(({ name }) => names.length === 0 || names.includes(name));

const directory = await mkdtemp(join(tmpdir(), 'flaghoist-servers-'));
try {
  const rows = await lookAtAll();
  const packages = [...new Set(PROGRAMS.flatMap((program) => program.packages))].sort();
  if (names.length === 0) await writeFile(PAGE, page(rows, packages));
  if (rows.some(({ findings }) => findings.some(({ failure }) => failure))) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function lookAtAll(): Promise<Row[]> {
  const site = await makeSite(join(directory, 'site'));
  const { certificate, key } = await makeCertificate(directory);
  const bundle = join(directory, 'bundle.pem');
  await writeFile(bundle, (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')));
  const newPlace = async (upstream: number): Promise<Place> => ({
    ...{ site: site.directory, certificate, key, bundle, upstream },
    scratch: await mkdtemp(join(directory, 'scratch-')),
    port: await freePort(),
  });

  const plain = await newPlace(0);
  const overTls = await newPlace(0);
  await using _plain = await start(nginx(false), plain);
  await using _overTls = await start(nginx(true), overTls);
  const http = `http://127.0.0.1:${plain.port}/`;
  const https = `https://127.0.0.1:${overTls.port}/`;

  const rows: Row[] = [];
  for (const program of chosen) {
    const { name, isTls, isProxy } = program;
    const version = installedVersion(program.packages[0]);
    if (version === undefined) {
      console.log(`${name} is not installed, and left out`);
      continue;
    }
    const place = await newPlace(plain.port);
    await using server = await start(program, place).catch((error: Error) => {
      console.log(`${error.message}: left out`);
      return undefined;
    });
    if (server === undefined) continue;
    const own = `127.0.0.1:${place.port}`;
    const asked: [how: string, url: string, args: string[]][] = isProxy
      ? [
          ['proxy', http, ['--proxy', `http://${own}`]],
          ['tunnel', https, ['--proxy', `http://${own}`]],
        ]
      : [isTls ? ['TLS', `https://${own}/`, []] : ['', `http://${own}/`, []]];
    for (const [how, url, args] of asked) {
      const subject: Subject = {
        ...{ site, url, args: ['--cacert', certificate, ...args] },
        directory: await mkdtemp(join(directory, 'got-')),
      };
      const findings = await look(subject);
      rows.push({ name, version, how, findings });
      console.log([name, how, ...findings.map(inWords)].join('; '));
    }
  }
  return rows;
}

function inWords({ check, found, failure }: Finding): string {
  return `${check}: ${found}${failure ? ` (${failure})` : ''}`;
}

/** What Debian has installed of it; undefined when nothing. */
function installedVersion(name: string): string | undefined {
  try {
    const said = execFileSync('dpkg-query', ['--show', name], { encoding: 'utf8' });
    // The maker's number, without Debian's own before and after it.
    return /\t(?:\d+:)?(\d+(?:\.\d+)*)/.exec(said)?.[1];
  } catch {
    return undefined;
  }
}
