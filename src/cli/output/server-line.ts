import type { FlagServerInfo } from '../../server/flag-server.ts';
import { dependsOnSeed } from '../../server/settings.ts';

/**
 * A running server in one line:
 * `ERROR  http://localhost:8003/flags  50 % of responses 500 ms late, 25 % errors, seed 42`.
 */
export function describeServer(server: FlagServerInfo): string {
  const traits = [describeDelay(server), describeErrors(server)];
  // Without chance the seed changes nothing: naming it would only raise questions.
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

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(3))} %`;
}
