import { once } from 'node:events';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { FAULTS } from '../../server/faults/catalogue.ts';
import type { Fault } from '../../server/faults/fault.ts';
import { type FaultServer, startFaultServer } from '../../server/faults/fault-server.ts';
import { type FlagServerInfo, startFlagServer } from '../../server/flag-server.ts';
import { MAX_PORT } from '../../server/limits.ts';
import { PortUnavailableError } from '../../server/port-unavailable-error.ts';
import { SERVER_LABELS, type ServerLabel } from '../../server/presets.ts';
import { dependsOnSeed, type FlagServerOptions } from '../../server/settings.ts';
import { watchForInterruption } from '../interruption.ts';
import type { ServeOptions } from '../options/other-commands.ts';
import { UsageError } from '../options/values.ts';

/** The port of a faulty server by default, after those of LOCAL, DELAY and ERROR. */
const FAULT_PORT = 8004;

/**
 * Runs `flaghoist serve`: starts the servers and waits until the user interrupts them.
 * @throws UsageError; BrokenRunError if a server cannot have its port, and none is left listening
 */
export async function runServe(names: readonly string[], options: ServeOptions): Promise<void> {
  if (options.faults) {
    process.stdout.write(listFaults());
    return;
  }
  const starting = options.fault ? faultServers(names, options) : flagServers(names, options);
  using interruption = watchForInterruption();
  // Closes the servers that have started, also when a later one cannot.
  await using servers = new AsyncDisposableStack();
  const lines: string[] = [];
  try {
    for await (const { server, line } of starting) {
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

/** A server that has started, and the line that describes it. */
interface Started {
  readonly server: AsyncDisposable;
  readonly line: string;
}

/** Starts LOCAL, DELAY and ERROR, or those that are named, one after another. */
async function* flagServers(
  names: readonly string[],
  options: ServeOptions,
): AsyncGenerator<Started> {
  if (options.faultRate !== undefined) throw new UsageError('--fault-rate R needs --fault');
  for (const settings of planServers(labelsIn(names), options)) {
    const server = await startFlagServer(settings);
    yield { server, line: describeServer(server) };
  }
}

/** Starts a server with the faults. */
async function* faultServers(
  names: readonly string[],
  options: ServeOptions,
): AsyncGenerator<Started> {
  const { delay, errorRate, lateRate } = options;
  const others = [delay, errorRate, lateRate];
  if (names.length > 0 || others.some((value) => value !== undefined)) {
    throw new UsageError('--fault takes only --fault-rate, --port and --seed beside it');
  }
  const server = await startFaults(options);
  yield { server, line: describeFaultServer(server) };
}

/** @throws UsageError for a name that is not a label */
function labelsIn(names: readonly string[]): readonly ServerLabel[] {
  const labels = names.map((name) => {
    const label = SERVER_LABELS.find((known) => known === name.toUpperCase());
    if (label !== undefined) return label;
    throw new UsageError(`each LABEL must be one of ${SERVER_LABELS.toSorted().join(', ')}`);
  });
  return labels.length === 0 ? SERVER_LABELS : [...new Set(labels)];
}

/** @throws UsageError if the last server's port would be beyond the last port there is */
function planServers(
  labels: readonly ServerLabel[],
  { port: first, delay, errorRate, lateRate, seed }: ServeOptions,
): readonly FlagServerOptions[] {
  const lastFirst = MAX_PORT - labels.length + 1;
  if (first !== undefined && first > lastFirst) {
    throw new UsageError(`--port N must be <= ${lastFirst} for ${labels.length} servers`);
  }
  // Port 0 is any free one for each of them. Without a port, each has its preset's.
  const port = (i: number) => (first ? first + i : first);
  return labels.map((label, i) => ({ label, port: port(i), delay, errorRate, lateRate, seed }));
}

/** @throws UsageError for a fault or an option of it that does not exist; PortUnavailableError */
async function startFaults(options: ServeOptions): Promise<FaultServer> {
  const { fault: faults = [], faultRate: rate, seed, port = FAULT_PORT } = options;
  try {
    return await startFaultServer({ faults, rate, seed, port });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/**
 * A running server in one line:
 * `ERROR  http://localhost:8003/flags  50 % of responses 500 ms late, 25 % errors, seed 42`.
 */
export function describeServer(server: FlagServerInfo): string {
  const traits = [describeDelay(server), describeErrors(server)];
  // The seed is left out where it changes nothing.
  if (dependsOnSeed(server)) traits.push(`seed ${server.seed}`);
  return `${server.label}  ${server.url}  ${traits.join(', ')}`;
}

function describeDelay({ delay: { min, max }, lateRate }: FlagServerInfo): string {
  if (max === 0 || lateRate === 0) return 'no delay';
  const which = lateRate === 1 ? 'every response' : `${percent(lateRate)} of responses`;
  return `${which} ${min === max ? min : `${min} to ${max}`} ms late`;
}

function describeErrors({ errorRate }: FlagServerInfo): string {
  return errorRate === 0 ? 'no errors' : `${percent(errorRate)} errors`;
}

/**
 * A running server in one line, and in a second one its certificate authority, if it has one:
 * `FAULT  http://localhost:8004/flags  stall:at=head, 5 % of requests, seed 42`.
 */
function describeFaultServer(server: FaultServer): string {
  const { url, faults, rate, seed, authority } = server;
  const traits = [faults.join(' or ')];
  if (rate < 1) traits.push(`${percent(rate)} of requests`);
  if (rate < 1 || faults.length > 1) traits.push(`seed ${seed}`);
  const line = `FAULT  ${url}/flags  ${traits.join(', ')}`;
  return authority === undefined ? line : `${line}\n       its certificate authority: ${authority}`;
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(3))} %`;
}

/** For `serve --faults`: each fault, and below it its options with their defaults. */
function listFaults(): string {
  const width = Math.max(...FAULTS.map(({ name }) => name.length));
  return FAULTS.map((fault) => {
    const options = optionsOf(fault);
    const first = `${fault.name.padEnd(width)}  ${fault.summary}\n`;
    return options === '' ? first : `${first}${' '.repeat(width)}  ${options}\n`;
  })
    .concat(LEGEND)
    .join('');
}

const LEGEND = `
Write options as in truncate:framing=chunked,at=0.3; the value listed, or listed first, is the default.
Every fault takes times=N: only the first N requests for each path (or connections) have it.
The flags are at /flags/br/br.gif; a file of any size is at /bytes/100000/any.name.
`;

function optionsOf({ options, times }: Fault): string {
  const own = Object.entries(options).map(([name, { shown }]) => `${name}=${shown}`);
  return [...own, ...(Number.isFinite(times) ? [`times=${times}`] : [])].join(', ');
}
