/** The schema of the limits in tests. */
export const SCHEMA = 'fleet';

/** How long leases last in tests, in ms: nearly as short as they may be with a sign of life each second. */
export const LEASE_TIME = 4_000;
