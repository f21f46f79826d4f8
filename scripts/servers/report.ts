import { CHECKS, type Finding } from './checks.ts';
import type { Program } from './program.ts';

/** The findings of one server. */
export interface Row {
  readonly program: Program;
  readonly version: string;
  /** `TLS`, or the way it was used as a proxy; empty for plain HTTP/1.1. */
  readonly how: string;
  readonly findings: readonly Finding[];
}

/** The text of docs/servers.md. */
export function page(rows: readonly Row[]): string {
  const head = ['Server', 'Version', '', ...CHECKS.map(({ name }) => name)];
  const lines = rows.map(({ program, version, how, findings }) => [
    ...[program.name, version, how],
    ...findings.map(({ found, failure }) => (failure ? `**${found}**` : found)),
  ]);
  const packages = new Set(rows.flatMap(({ program }) => program.packages));
  const needed = `Debian's packages for all of them: ${[...packages].sort().join(', ')}.`;
  return `${TEXT}\n${needed}\n\n${table([head, head.map(() => '---'), ...lines])}`;
}

function table(lines: readonly (readonly string[])[]): string {
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const TEXT = `# Servers that it was run against

Written by \`npm run test:servers\`, which starts each of these servers on the loopback address and runs the command on
it. One that is not installed is left out, and then the page stays as it is. Change nothing here by hand.

- **files**: 14 files of 0 to 300,000 bytes, with spaces and other letters in their names, 20 times each over 24
  connections at most; each is compared with what the server has. A proxy that ends a tunnel with a reset, while parts of a
  file are still on their way, costs the row a try.
- **missing ones**: every other row is not there. What the server answers to those, and that the others come whole.
- **closes in a pause**: 2.5 s between two requests, where the server keeps a connection for 2 s, or for as long as it does
  by default. No try may fail for it.
- **segments**: a file of 24 MiB with \`--segments 4\`.
- **goes on**: the same file, interrupted after a quarter of it, and the same command again.
- **asked again**: \`--newer\` for files that have not changed: 304 (Not Modified) or all of it once more.

nginx, apache and lighttpd end a connection after 40 requests. TLS means HTTP/2 where the server has it. A proxy passes on
what nginx has; over a tunnel that is HTTP/2.
`;
