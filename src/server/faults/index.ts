/**
 * Servers that misbehave, for tests of programs that download. See docs/faults.md.
 * @module flaghoist/faults
 */
export { FAULTS } from './catalogue.ts';
export type { Fault } from './fault.ts';
export { type FaultServer, type FaultServerOptions, startFaultServer } from './fault-server.ts';
