import type { RequestReport } from '../model/request-report.ts';
import type { Permit } from '../schedule/permit.ts';

/** A file that is being saved, and the permit of the request that brought it. */
export interface Saving {
  readonly permit: Permit;
  /** What the permit is released with. */
  readonly report: RequestReport;
}

/**
 * The slots for saving files without a permit for a request. A permit is for what is load on the server,
 * so it is released when a file's saving begins. Only while the disk is so far behind that no slot is
 * free does a file keep its permit: until it has a slot, or is saved.
 */
export class SaveSlots {
  #free: number;
  /** The files that keep their permits, in the order in which they get a slot. */
  readonly #withPermit = new Set<Saving>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /** How many slots are free. */
  get free(): number {
    return this.#free;
  }

  /** How many files keep their permits. */
  get withPermit(): number {
    return this.#withPermit.size;
  }

  /** The saving of a file begins. @returns what {@link end} is to be called with */
  begin(permit: Permit, report: RequestReport): Saving {
    const saving = { permit, report };
    if (this.#free > 0) {
      this.#free--;
      permit.release(report);
    } else {
      this.#withPermit.add(saving);
    }
    return saving;
  }

  /** The saving has ended, well or not: its slot goes to the next file. */
  end(saving: Saving): void {
    const keptPermit = this.#withPermit.has(saving);
    const [next] = keptPermit ? [saving] : this.#withPermit;
    if (next === undefined) {
      this.#free++;
    } else {
      this.#withPermit.delete(next);
      next.permit.release(next.report);
    }
  }
}
