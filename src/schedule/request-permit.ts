import type { RequestReport } from '../model/request-report.ts';
import type { OriginHealth } from './origin-health.ts';
import type { Addressed, OriginQueue, Start } from './origin-queue.ts';
import type { Permit } from './permit.ts';
import type { SlotHolder } from './request-slots.ts';

/** What hands permits out, as they see it. */
interface Issuer<Row extends Addressed> {
  expected(origin: string): number;
  park(permit: RequestPermit<Row>): void;
  resume(permit: RequestPermit<Row>): Promise<void> | undefined;
  released(permit: RequestPermit<Row>, report: RequestReport | undefined): void;
}

/** A permit, and what its origin was like when it was handed out. */
export class RequestPermit<Row extends Addressed> implements Permit, Start, SlotHolder {
  isParked = false;
  readonly sentAt: number;
  readonly inFlight: number;
  readonly epoch: number;
  readonly health: OriginHealth;
  readonly origin: string;
  readonly queue: OriginQueue<Row>;
  readonly #issuer: Issuer<Row>;
  #isHeld = true;

  constructor(issuer: Issuer<Row>, queue: OriginQueue<Row>, health: OriginHealth, sentAt: number) {
    this.#issuer = issuer;
    this.origin = queue.name;
    this.queue = queue;
    this.health = health;
    this.sentAt = sentAt;
    this.inFlight = queue.inFlight;
    this.epoch = health.epoch;
  }

  get expected(): number {
    return this.#issuer.expected(this.origin);
  }

  park(): void {
    if (this.#isHeld && !this.isParked) this.#issuer.park(this);
  }

  resume(): Promise<void> | undefined {
    return this.isParked ? this.#issuer.resume(this) : undefined;
  }

  release(report?: RequestReport): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#issuer.released(this, report);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
