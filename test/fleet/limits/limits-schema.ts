/** The schema of the limits in tests. */
export const SCHEMA = 'fleet';
