// The checks that run in each runtime. Prints one line of JSON for each. It uses no test runner and no
// mocks, as a runtime may lack them.
import { TASKS } from './checks/tasks.ts';
import { THREADS } from './checks/threads.ts';
import { WAITING } from './checks/waiting.ts';
import { WARNINGS } from './checks/warnings.ts';

/** The result of a check. */
export interface CheckResult {
  readonly group: string;
  readonly name: string;
  /** Why it failed; undefined if it passed. */
  readonly failure?: string | undefined;
}

/** Time limit of a check. */
const LIMIT_MS = 5_000;

const GROUPS = { ...TASKS, ...WAITING, ...THREADS, ...WARNINGS };

async function check(group: string, name: string, fn: () => unknown): Promise<CheckResult> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`takes more than ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    await Promise.race([fn(), limit]);
    return { group, name };
  } catch (error) {
    return { group, name, failure: `${error}`.split('\n').slice(0, 3).join(' ') };
  } finally {
    clearTimeout(timer);
  }
}

if (import.meta.main) {
  for (const [group, checks] of Object.entries(GROUPS)) {
    for (const [name, fn] of Object.entries(checks))
      console.log(JSON.stringify(await check(group, name, fn)));
  }
  process.exit(0);
}
