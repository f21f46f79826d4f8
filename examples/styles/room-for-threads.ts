// Whether the machine has room for one more thread. Node does not ask: where there is none it ends the process.
import { readFileSync } from 'node:fs';

/** Bytes that are left to the machine, or container: one that is out of memory ends what it likes. */
const RESERVE = 1e9;

/** Of the pieces that a process may have its memory in: a thread takes some 40, and more while it works. */
const MOST_MAPS = 0.75;

/** Threads between two looks at those: it takes a while. */
const LOOK_EVERY = 50;

/** @returns why there is none; undefined while there is */
export function whyNoMore(threads: number): string | undefined {
  if (process.availableMemory() < RESERVE) return 'no memory left';
  if (threads % LOOK_EVERY !== 0 || shareOfMaps() < MOST_MAPS) return undefined;
  return 'no memory maps left (vm.max_map_count)';
}

/** 0 to 1; 0 where the system does not tell (Linux does, proc_pid_maps(5)). */
function shareOfMaps(): number {
  try {
    const maps = readFileSync('/proc/self/maps', 'latin1').split('\n').length;
    return maps / Number(readFileSync('/proc/sys/vm/max_map_count', 'latin1'));
  } catch {
    return 0;
  }
}
