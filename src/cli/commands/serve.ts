import { once } from 'node:events';
import type { Command } from 'commander';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { MAX_PORT, MAX_SEED } from '../../server/limits.ts';
import { PortUnavailableError } from '../../server/port-unavailable-error.ts';
import {
  type DelayRange,
  SERVER_LABELS,
  SERVER_PRESETS,
  type ServerLabel,
} from '../../server/presets.ts';
import type { FlagServerOptions } from '../../server/settings.ts';
import { createCommand } from '../command.ts';
import { watchForInterruption } from '../interruption.ts';
import { parseDurationRange } from '../options/duration.ts';
import { parseInteger, parseRate } from '../options/number.ts';
import { repeated } from '../options/option-values.ts';
import { UsageError } from '../options/usage-error.ts';

interface ServeOptions {
  readonly port?: number;
  readonly delay?: DelayRange;
  readonly errorRate?: number;
  readonly lateRate?: number;
  readonly seed?: number;
  readonly fault?: readonly string[];
  readonly faultRate?: number;
  readonly faults?: boolean;
}

/** `flaghoist serve [LABEL ...]`: runs the test servers until it is interrupted. */
export function serveCommand(): Command {
  return createCommand('serve')
    .description('Run the test servers until interrupted (Ctrl-C).')
    .argument(
      '[LABEL...]',
      `${SERVER_LABELS.join(', ')}, in any case; all of them if none is given`,
    )
    .option(
      '--port <N>',
      `port of the first server, the next follow; 0 is any free one (default: ${presetPorts()})`,
      (text) => parseInteger(text, '--port N', { min: 0, max: MAX_PORT }),
    )
    .option(
      '--delay <D>',
      'how late a late response is: 500ms, 0.5s, 1m, seconds, or a range: 100ms-2s',
      (text) => parseDurationRange(text, '--delay D'),
    )
    .option('--error-rate <R>', 'share of responses that are a 5xx, 0 to 1', (text) =>
      parseRate(text, '--error-rate R'),
    )
    .option('--late-rate <R>', 'share of responses that are late, 0 to 1', (text) =>
      parseRate(text, '--late-rate R'),
    )
    .option(
      '--seed <N>',
      'fail and delay the same requests as another run with this seed',
      (text) => parseInteger(text, '--seed N', { min: 0, max: MAX_SEED }),
    )
    .option(
      '--fault <NAME[:OPTIONS]>',
      'a server that misbehaves, in place of those above, as in stall:at=head,for=2s; may be repeated: each request draws one',
      repeated,
    )
    .option('--fault-rate <R>', 'share of requests that a fault befalls (default: 1)', (text) =>
      parseRate(text, '--fault-rate R'),
    )
    .option('--faults', 'list the faults and their options')
    .action(serve);
}

/** @throws BrokenRunError if a server cannot have its port; none is left listening then. */
async function serve(names: readonly string[], options: ServeOptions): Promise<void> {
  if (options.faults === true) {
    const { listFaults } = await import('./serve-faults.ts');
    process.stdout.write(listFaults());
    return;
  }
  const { fault } = options;
  const start =
    fault === undefined ? plannedServers(names, options) : faulty(names, { ...options, fault });
  using interruption = watchForInterruption();
  // Closes those that have started, also when a later one cannot.
  await using servers = new AsyncDisposableStack();
  const lines: string[] = [];
  try {
    for await (const { server, line } of start) {
      servers.use(server);
      lines.push(`${line}\n`);
    }
  } catch (error) {
    if (!(error instanceof PortUnavailableError)) throw error;
    throw new BrokenRunError(error.message, { cause: error });
  }
  process.stdout.write(lines.join(''));
  if (!interruption.aborted.aborted) await once(interruption.aborted, 'abort');
}

/** A server that has started, and what is to be said of it. */
interface Started {
  readonly server: AsyncDisposable;
  readonly line: string;
}

/** Starts LOCAL, DELAY and ERROR, or those of them that are wanted, one after another. */
async function* plannedServers(
  names: readonly string[],
  { fault: _, faults: __, faultRate, ...options }: ServeOptions,
): AsyncGenerator<Started> {
  if (faultRate !== undefined) throw new UsageError('--fault-rate R is for --fault');
  const wanted = planServers(parseLabels(names), options);
  // Only now: help and usage errors need none of the server.
  const { startFlagServer } = await import('../../server/flag-server.ts');
  const { describeServer } = await import('../output/server-line.ts');
  for (const one of wanted) {
    const server = await startFlagServer(one);
    yield { server, line: describeServer(server) };
  }
}

/** Starts the one that misbehaves. */
async function* faulty(
  names: readonly string[],
  options: ServeOptions & Pick<Required<ServeOptions>, 'fault'>,
): AsyncGenerator<Started> {
  const { delay, errorRate, lateRate } = options;
  if (
    names.length > 0 ||
    delay !== undefined ||
    errorRate !== undefined ||
    lateRate !== undefined
  ) {
    throw new UsageError('--fault takes only --fault-rate, --port and --seed beside it');
  }
  const { describeFaultServer, startFaults } = await import('./serve-faults.ts');
  const server = await startFaults(options);
  yield { server, line: describeFaultServer(server) };
}

/** @throws UsageError for a name that is no label. */
function parseLabels(names: readonly string[]): readonly ServerLabel[] {
  const labels = names.map((name) => {
    const label = SERVER_LABELS.find((known) => known === name.toUpperCase());
    if (label !== undefined) return label;
    throw new UsageError(`each LABEL must be one of ${SERVER_LABELS.toSorted().join(', ')}`);
  });
  return labels.length === 0 ? SERVER_LABELS : [...new Set(labels)];
}

/** @throws UsageError if the ports would run past the last one there is. */
function planServers(
  labels: readonly ServerLabel[],
  {
    port: first,
    ...rest
  }: Pick<ServeOptions, 'port' | 'delay' | 'errorRate' | 'lateRate' | 'seed'>,
): readonly FlagServerOptions[] {
  const lastFirst = MAX_PORT - labels.length + 1;
  if (first !== undefined && first > lastFirst) {
    throw new UsageError(`--port N must be <= ${lastFirst} for ${labels.length} servers`);
  }
  // Port 0 is 'any' for each of them, and without one each has its preset's.
  const port = (i: number) => (first ? first + i : first);
  return labels.map((label, i) => ({ ...rest, label, port: port(i) }));
}

function presetPorts(): string {
  return SERVER_LABELS.map((label) => SERVER_PRESETS[label].port).join(', ');
}
