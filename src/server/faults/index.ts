/** The public module `flaghoist/faults`: servers that misbehave, for tests of programs that download. */
export { FAULTS } from './catalogue.ts';
export type { Fault } from './fault.ts';
export { type FaultServer, type FaultServerOptions, startFaultServer } from './fault-server.ts';
