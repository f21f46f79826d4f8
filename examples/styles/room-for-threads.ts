// Whether the machine has room for one more thread. Node does not check: without room, it ends the process.
import { readFileSync } from 'node:fs';

/** How many bytes to leave free. A machine or container without memory kills processes. */
const RESERVE = 1e9;

/** The largest share of the process's memory maps to use. A thread takes some 40, and more while it works. */
const MOST_MAPS = 0.75;

/** How many threads start between two counts of the maps, which are slow. */
const LOOK_EVERY = 50;

/** @returns why there is no room for another thread; undefined if there is */
export function whyNoMore(threads: number): string | undefined {
  if (process.availableMemory() < RESERVE) return 'no memory left';
  if (threads % LOOK_EVERY !== 0 || shareOfMaps() < MOST_MAPS) return undefined;
  return 'no memory maps left (vm.max_map_count)';
}

/** The share of memory maps in use, 0 to 1. Only Linux tells it (proc_pid_maps(5)); 0 elsewhere. */
function shareOfMaps(): number {
  try {
    const maps = readFileSync('/proc/self/maps', 'latin1').split('\n').length;
    return maps / Number(readFileSync('/proc/sys/vm/max_map_count', 'latin1'));
  } catch {
    return 0;
  }
}
