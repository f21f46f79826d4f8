import { FAULTS } from './catalogue.ts';
import type { Behaviour, Fault } from './fault.ts';
import { count } from './fault-option.ts';

/** A fault with its options set: what a server is told to do. */
export interface ChosenFault {
  /** As it was written: `truncate:at=0.3`. */
  readonly spec: string;
  /** How many requests for each path, or connections, have it: the first so many. */
  readonly times: number;
  readonly behaviour: Behaviour;
}

/** What every fault can be told besides its own options. */
const TIMES = count(1, 1);

/**
 * Reads `NAME` or `NAME:option=value,option=value`.
 *
 * @throws RangeError naming what is wrong, and what there is instead
 */
export function parseFault(spec: string): ChosenFault {
  const [name = '', ...rest] = spec.split(':');
  const fault = FAULTS.find((known) => known.name === name);
  if (fault === undefined) {
    throw new RangeError(`there is no fault '${name}': serve --faults lists what there is`);
  }
  // Values may have colons of their own: URLs have.
  const given = rest.length === 0 ? [] : rest.join(':').split(',');
  const values: Record<string, unknown> = defaultsOf(fault);
  let { times } = fault;
  for (const pair of given) {
    const [key = '', ...more] = pair.split('=');
    if (key === 'times') times = read(fault, key, TIMES, more.join('=')) as number;
    else values[key] = read(fault, key, fault.options[key], more.join('='));
  }
  return { spec, times, behaviour: fault.behave(values) };
}

function defaultsOf({ options }: Fault): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));
}

function read(
  fault: Fault,
  key: string,
  option: Fault['options'][string] | undefined,
  text: string,
): unknown {
  if (option === undefined) {
    const known = [...Object.keys(fault.options), 'times'].join(', ');
    throw new RangeError(`${fault.name} has no option '${key}', only ${known}`);
  }
  const value = option.read(text);
  if (value === undefined) {
    throw new RangeError(`${fault.name}: ${key} must be ${option.expected}, not '${text}'`);
  }
  return value;
}
