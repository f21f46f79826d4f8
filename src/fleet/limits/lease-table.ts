import type { Split } from './fair-share.ts';

/** How long a run keeps its leases after its last sign of life, in ms. */
export const LEASE_TIME = 10_000;

/** What a run has of one origin, and asks for. */
export interface LeaseRequest {
  readonly origin: string;
  /** How many requests it may have in flight from now on, as long as it hears nothing else. */
  readonly keep: number;
  /** How many requests it could have in flight. */
  readonly demand: number;
  /** `take`: gets more, if others leave it; `keep`: not now; `leave`: it gives all back. */
  readonly step: 'take' | 'keep' | 'leave';
  /** Whether it has no lease of the origin yet. */
  readonly isNew: boolean;
}

/** How an origin is shared. */
export interface OriginNews extends Split {
  readonly origin: string;
  /** Requests at a time, over all runs. */
  readonly limit: number;
  /** Requests a second, over all runs; Infinity for any number. */
  readonly rate: number;
  /** How many runs have leases of it. */
  readonly claims: number;
  /** How many requests no run has a lease for. */
  readonly free: number;
  readonly trouble: Trouble;
}

/** Why an origin gets no requests now. All times are in ms from now. */
export interface Trouble {
  /** Until when no run sends a request, but the one that probes the origin; 0 or less for none. */
  readonly heldFor: number;
  /** The run that probes it; undefined for a pause that the server asked for. */
  readonly prober?: number | undefined;
  /** How long ago its failures began. */
  readonly failingFor: number;
  /** How long it stays given up; 0 or less when it is not. */
  readonly downFor: number;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

/** What a run has of an origin after its request. */
export interface LeaseGrant extends OriginNews {
  readonly share: number;
  /** Whether another run may have sent a request to it a moment ago. */
  readonly isUsed: boolean;
}

/** What a run tells the others about an origin. Times are in ms from now. */
export type Report =
  | { readonly kind: 'paused'; readonly origin: string; readonly heldFor: number }
  | {
      readonly kind: 'held';
      readonly origin: string;
      readonly heldFor: number;
      readonly failingFor: number;
    }
  | { readonly kind: 'recovered'; readonly origin: string }
  | {
      readonly kind: 'down';
      readonly origin: string;
      readonly downFor: number;
      readonly failingFor: number;
      readonly reason: string;
      readonly message: string;
    };

/** What {@link LeaseTable.beat} found. */
export interface Beat {
  /** Whether the run is known. Otherwise its leases had run out, and others may have them. */
  readonly isKnown: boolean;
  /** The origins of the run's leases that have changed since the last call; some of them more than once. */
  readonly changes: readonly OriginNews[];
}

/** The leases of all runs: a table of a database. Each method is one round trip, or one transaction. */
export interface LeaseTable {
  /** Begins a run. @returns its number */
  register(): Promise<number>;
  /** A sign of life: keeps the leases of the run for another {@link LEASE_TIME}. */
  beat(run: number): Promise<Beat>;
  /**
   * Gives back, takes and keeps shares of origins.
   * @returns what became of each; nothing for an origin that is to be asked for again, and for one that was
   *   left; undefined when the run is not known
   */
  settle(run: number, requests: readonly LeaseRequest[]): Promise<LeaseGrant[] | undefined>;
  report(run: number, reports: readonly Report[]): Promise<void>;
  /** Ends a run, and gives back all that it has. */
  leave(run: number): Promise<void>;
}
