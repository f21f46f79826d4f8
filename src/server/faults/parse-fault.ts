import { FAULTS } from './catalogue.ts';
import type { Behaviour, Fault } from './fault.ts';
import { count, type FaultOption } from './fault-option.ts';

/** A fault with its options set. */
export interface ChosenFault {
  /** Its text: `truncate:at=0.3`. */
  readonly spec: string;
  /** How many of the first requests for each path, or of the first connections, have the fault. */
  readonly times: number;
  readonly behaviour: Behaviour;
}

/** The option that every fault has besides its own. */
const TIMES = count(1, 1);

/**
 * Reads `NAME` or `NAME:option=value,option=value`.
 *
 * @throws RangeError that names the bad part, and what is accepted instead
 */
export function parseFault(spec: string): ChosenFault {
  const [name = '', ...rest] = spec.split(':');
  const fault = FAULTS.find((known) => known.name === name);
  if (fault === undefined) {
    throw new RangeError(`there is no fault '${name}': serve --faults lists what there is`);
  }
  // A value may contain colons: a URL does.
  const given = rest.length === 0 ? [] : rest.join(':').split(',');
  const values: Record<string, unknown> = defaultsOf(fault);
  let { times } = fault;
  for (const pair of given) {
    const [key = '', ...more] = pair.split('=');
    if (key === 'times') times = read(fault, key, TIMES, more.join('='));
    else values[key] = read(fault, key, fault.options[key], more.join('='));
  }
  return { spec, times, behaviour: fault.behave(values) };
}

function defaultsOf({ options }: Fault): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));
}

function read<T>(fault: Fault, key: string, option: FaultOption<T> | undefined, text: string): T {
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
