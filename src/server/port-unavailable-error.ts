import { errorCode } from '../model/error-code.ts';
import type { ServerLabel } from './presets.ts';

/** The name of a server in messages: its label, or FAULT for one that misbehaves. */
export type ServerName = ServerLabel | 'FAULT';

/** Why the system refused the port: another program listens there, or this user may not use it. */
export type PortRefusal = 'EADDRINUSE' | 'EACCES';

/** A test server could not listen on its port. The message is one line that says what to do. */
export class PortUnavailableError extends Error {
  override readonly name = 'PortUnavailableError';
  readonly label: ServerName;
  readonly port: number;
  readonly code: PortRefusal;

  constructor(label: ServerName, port: number, code: PortRefusal, options?: ErrorOptions) {
    super(`${label} server: ${REMEDIES[code](port)}`, options);
    this.label = label;
    this.port = port;
    this.code = code;
  }
}

const REMEDIES: Readonly<Record<PortRefusal, (port: number) => string>> = {
  EADDRINUSE: (port) =>
    `port ${port} is taken; stop what is listening there or choose another with --port`,
  EACCES: (port) => `this user may not listen on port ${port}; choose another with --port`,
};

/** Translates the system's error for a refused port, and keeps it as the cause. Returns others unchanged. */
export function translateListenError(error: unknown, label: ServerName, port: number): unknown {
  const code = errorCode(error);
  return code === 'EADDRINUSE' || code === 'EACCES'
    ? new PortUnavailableError(label, port, code, { cause: error })
    : error;
}
