import type { DownloadOptions } from '../../download-options.ts';
import { messageOf } from '../../model/failure.ts';
import { type Item, itemOf, type Row } from '../../model/item.ts';
import { safeLine } from '../../model/safe-text.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { NameRegistry } from '../../save/names/name-registry.ts';
import { compileTemplate, plannedPath } from '../../save/names/name-template.ts';

/**
 * Prints on stdout where the file of each row would go, or why it would fail, and on stderr the number
 * of rows of each host. Sends no request and writes no file.
 */
export async function dryRun(rows: AsyncIterable<Row>, settings: DownloadOptions): Promise<void> {
  const hosts = new Map<string, number>();
  const plan = planner(settings);
  let all = 0;
  let failing = 0;
  for await (const row of rows) {
    const item = itemOf(row, all++);
    const host = URL.parse(item.url)?.host ?? '(none)';
    hosts.set(host, (hosts.get(host) ?? 0) + 1);
    const { path, problem } = plan(item);
    if (problem !== undefined) failing++;
    const url = safeLine(withoutCredentials(item.url));
    process.stdout.write(`${safeLine(path ?? `*** ${problem}`)}\t${url}\n`);
  }
  const byRows = [...hosts].sort(([, a], [, b]) => b - a);
  for (const [host, count] of byRows) process.stderr.write(`${count}\t${safeLine(host)}\n`);
  process.stderr.write(`${all} rows, ${failing} without a name of their own.\n`);
}

interface Plan {
  /** Relative to the directory of the run. */
  readonly path?: string;
  /** Why the row would fail. */
  readonly problem?: string;
}

function planner(settings: DownloadOptions): (item: Item) => Plan {
  const registry = new NameRegistry({ onCollision: settings.onCollision });
  const naming = {
    template: compileTemplate(settings.names),
    useContentDisposition: settings.useContentDisposition === true,
  };
  return (item) => {
    try {
      if (item.problem !== undefined) throw item.problem;
      const path = plannedPath(item, naming);
      return { path: path === undefined ? '(depends on the response)' : registry.claim(path) };
    } catch (error) {
      return { problem: messageOf(error) };
    }
  };
}
