import { FAULTS } from '../../server/faults/catalogue.ts';
import type { Fault } from '../../server/faults/fault.ts';
import { type FaultServer, startFaultServer } from '../../server/faults/fault-server.ts';
import { UsageError } from '../options/usage-error.ts';

/** What `serve` may be told of a server that misbehaves. */
export interface ServeFaultOptions {
  readonly fault: readonly string[];
  readonly faultRate?: number | undefined;
  readonly port?: number | undefined;
  readonly seed?: number | undefined;
}

/** Where it is when nobody says: the port after those of LOCAL, DELAY and ERROR. */
const PORT = 8004;

/**
 * Starts the server for `serve --fault`.
 * @throws UsageError for a fault or an option that there is not; PortUnavailableError
 */
export async function startFaults(options: ServeFaultOptions): Promise<FaultServer> {
  const { fault: faults, faultRate: rate, seed, port = PORT } = options;
  try {
    return await startFaultServer({ faults, rate, seed, port });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/**
 * A running one in a line or two:
 * `FAULT  http://localhost:8004/flags  stall:at=head, 5 % of requests, seed 42`.
 */
export function describeFaultServer(server: FaultServer): string {
  const { url, faults, rate, seed, authority } = server;
  const traits = [faults.join(' or ')];
  if (rate < 1) traits.push(`${Number((rate * 100).toPrecision(3))} % of requests`);
  if (rate < 1 || faults.length > 1) traits.push(`seed ${seed}`);
  const line = `FAULT  ${url}/flags  ${traits.join(', ')}`;
  return authority === undefined
    ? line
    : `${line}\n       whoever trusts its authority: ${authority}`;
}

/** `serve --faults`: a fault, and below it its options with what they are when they are left out. */
export function listFaults(): string {
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
Options as in truncate:framing=chunked,at=0.3; what is listed, or listed first, is what they are when left out.
Every fault takes times=N: only the first N requests for each path (or connections) have it.
The flags are at /flags/br/br.gif; a file of any size is at /bytes/100000/any.name.
`;

function optionsOf({ options, times }: Fault): string {
  const own = Object.entries(options).map(([name, { shown }]) => `${name}=${shown}`);
  return [...own, ...(Number.isFinite(times) ? [`times=${times}`] : [])].join(', ');
}
