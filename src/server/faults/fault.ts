import type { Socket } from 'node:net';
import type { FaultOption, FaultValues } from './fault-option.ts';
import type { FaultyExchange } from './faulty-exchange.ts';

/** Which of the certificates a server shows (`assets/certificates`). */
export type CertificateName = 'expired' | 'self-signed' | 'wrong-host';

/** Where in an exchange a fault is, and what happens there. */
export type Behaviour =
  /** In place of the answer to a request. What it throws destroys the connection. */
  | { readonly at: 'request'; readonly answer: (exchange: FaultyExchange) => void | Promise<void> }
  /** In place of everything, once a client has connected. */
  | { readonly at: 'connection'; readonly meet: (socket: Socket) => void }
  /** The server speaks TLS, with a certificate that is not to be trusted. */
  | { readonly at: 'handshake'; readonly certificate: CertificateName }
  /** There is no server where the URL says. */
  | { readonly at: 'address'; readonly missing: 'name' | 'listener' };

type OptionTable = Readonly<Record<string, FaultOption<unknown>>>;

/** One way for a server to misbehave. */
export interface Fault {
  /** As in `serve --fault NAME`. */
  readonly name: string;
  /** What it does, in a line. */
  readonly summary: string;
  readonly options: OptionTable;
  /**
   * How many requests for each path (or connections) have it, when nobody says: all of them, or the
   * first so many for a fault that is about what comes after.
   */
  readonly times: number;
  readonly behave: (values: Readonly<Record<string, unknown>>) => Behaviour;
}

interface FaultDefinition<O extends OptionTable> {
  readonly name: string;
  readonly summary: string;
  readonly options?: O;
  readonly times?: number;
  readonly behave: (values: FaultValues<O>) => Behaviour;
}

/** A fault whose `behave` is handed the values of its own options, with their types. */
export function defineFault<O extends OptionTable>(definition: FaultDefinition<O>): Fault {
  const { options = {}, times = Number.POSITIVE_INFINITY, behave, ...rest } = definition;
  return {
    ...rest,
    options,
    times,
    // Only `parseFault` makes values, by the very options that are declared here.
    behave: (values) => behave(values as FaultValues<O>),
  };
}
