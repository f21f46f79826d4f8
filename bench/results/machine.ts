import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { versionOf } from '../measure/version-of.ts';
import type { Machine } from './result.ts';

/** Describes this machine, without names that would identify it. */
export async function describeMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${/^[\d.]+/.exec(release())?.[0]}`,
    node: process.versions.node,
    nginx: (await versionOf('nginx', ['-v'])) ?? 'missing',
  };
}
