/** The public module `flaghoist/faults`: servers that misbehave, for the tests of whoever downloads. */
export { FAULTS } from './catalogue.ts';
export type { Fault } from './fault.ts';
export { type FaultServer, type FaultServerOptions, startFaultServer } from './fault-server.ts';
