import type { Socket } from 'node:net';
import type { FaultOption, FaultValues } from './fault-option.ts';
import type { FaultyExchange } from './faulty-exchange.ts';

/** One of the certificates with a fault, in `assets/certificates`. */
export type CertificateName = 'expired' | 'self-signed' | 'wrong-host';

/** At which point of an exchange a fault happens, and what happens. */
export type Behaviour =
  /** Instead of the answer to a request. If it throws, the connection is destroyed. */
  | { readonly at: 'request'; readonly answer: (exchange: FaultyExchange) => void | Promise<void> }
  /** When a client has connected, before any request. */
  | { readonly at: 'connection'; readonly meet: (socket: Socket) => void }
  /** The server speaks TLS, with a certificate that has a fault. */
  | { readonly at: 'handshake'; readonly certificate: CertificateName }
  /** There is no server at the URL's address. */
  | { readonly at: 'address'; readonly missing: 'name' | 'listener' };

type OptionTable = Readonly<Record<string, FaultOption<unknown>>>;

/** One way in which a server misbehaves. */
export interface Fault {
  /** Its name in `flaghoist serve --fault NAME` and in {@link FaultServerOptions.faults}. */
  readonly name: string;
  /** What the server does, in one line. */
  readonly summary: string;
  /** Its options, besides `times`, by name. */
  readonly options: OptionTable;
  /**
   * The default of its option `times`: how many of the first requests for each path (or of the first
   * connections) have the fault. It is Infinity except for faults that a retry is to overcome.
   */
  readonly times: number;
  /** Makes the behaviour for values of its options. */
  readonly behave: (values: Readonly<Record<string, unknown>>) => Behaviour;
}

interface FaultDefinition<O extends OptionTable> {
  readonly name: string;
  readonly summary: string;
  readonly options?: O;
  readonly times?: number;
  readonly behave: (values: FaultValues<O>) => Behaviour;
}

/** Defines a fault. Its `behave` receives the values of its options with their types. */
export function defineFault<O extends OptionTable>(definition: FaultDefinition<O>): Fault {
  const { options = {}, times = Number.POSITIVE_INFINITY, behave, ...rest } = definition;
  return {
    ...rest,
    options,
    times,
    // `parseFault` makes the values, and reads each one with the option declared here.
    behave: (values) => behave(values as FaultValues<O>),
  };
}
