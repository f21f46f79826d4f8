import type { TestContext } from 'node:test';
import { OriginDownError } from '../../src/model/failure.ts';
import type { RequestReport } from '../../src/model/request-report.ts';
import { type AdmissionOptions, AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import type { Addressed } from '../../src/schedule/origin-queue.ts';
import type { Permit } from '../../src/schedule/permit.ts';
import { settle } from '../concurrency/support.ts';

export const A = 'http://a';
export const B = 'http://b';
export const OK: RequestReport = { latency: 1, bytes: 1, result: 'ok' };

export interface Row extends Addressed {
  readonly name: string;
}

/** A queue, by a clock that the test turns forward, and the rows that it admitted, in order. */
export function setUp(
  t: TestContext,
  maxRequests: number,
  options: (now: () => number) => Partial<AdmissionOptions> = () => ({}),
) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const clock = () => now;
  const queue = new AdmissionQueue<Row>({ maxRequests, now: clock, ...options(clock) });
  const admitted: string[] = [];
  const permits = new Map<string, Permit>();
  /** Rows that ended without a permit, and why. */
  const refused: unknown[] = [];
  const collect = () => {
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      const { row, admission } = next;
      if (admission === undefined || admission instanceof OriginDownError) refused.push(admission);
      else {
        admitted.push(row.name);
        permits.set(row.name, collecting(admission));
      }
    }
  };
  /** Takes the rows that are admitted when the permit is released or parked. */
  const collecting = (permit: Permit): Permit => {
    const { release, park } = permit;
    return Object.assign(permit, {
      release(report?: RequestReport) {
        release.call(permit, report);
        collect();
      },
      park() {
        park.call(permit);
        collect();
      },
    });
  };
  return {
    queue,
    admitted,
    refused,
    /** Of the rows that were put and admitted. */
    permits,
    collect,
    /** Puts a row as a reader does that has more at hand. */
    put(origin: string, name: string) {
      queue.put({ origin, name });
      collect();
    },
    /** Puts a row as a reader does that waits for its list afterwards. */
    request(origin: string, name: string) {
      queue.put({ origin, name });
      queue.pause();
      collect();
    },
    /** The list has yet to bring more. */
    pause() {
      queue.pause();
      collect();
    },
    async admit(origin: string, name: string) {
      const permit = await queue.admit(origin, {});
      admitted.push(name);
      return collecting(permit);
    },
    async pass(ms: number) {
      now += ms;
      t.mock.timers.tick(ms);
      await settle();
      collect();
    },
  };
}
