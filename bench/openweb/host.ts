import { drawn } from './drawn.ts';

/** Domain of all hosts. */
export const DOMAIN = 'web.test';

/**
 * The kinds of hosts:
 *
 * - `good`: it answers;
 * - `silent`: its name is never answered;
 * - `unknown`: its name does not exist;
 * - `mute`: it accepts connections and sends nothing;
 * - `refusing`: it refuses connections.
 */
export type HostKind = 'good' | 'silent' | 'unknown' | 'mute' | 'refusing';

/** The range of a delay, in ms. */
interface Delay {
  readonly least: number;
  readonly most: number;
}

/** The composition of a web. */
export interface WebMix {
  /** Hosts of each kind in a thousand; the others are good. */
  readonly perMille: Readonly<Record<Exclude<HostKind, 'good'>, number>>;
  /** Time until the name of a host is answered. */
  readonly nameDelay: Delay;
  /** Time from a request to its response. */
  readonly lateness: Delay;
}

export interface Host {
  readonly number: number;
  readonly kind: HostKind;
  /** Time until its name is answered, in ms. */
  readonly nameDelay: number;
}

/** The host with this number. */
export function hostOf(number: number, { perMille, nameDelay }: WebMix): Host {
  return {
    number,
    kind: kindAt(drawn(`kind ${number}`) * 1000, perMille),
    // Squared: most names are answered early in the range.
    nameDelay: between(nameDelay, drawn(`name ${number}`) ** 2),
  };
}

/** Time from a request to the host until its response, in ms. */
export function latenessOf(number: number, { lateness }: WebMix): number {
  return between(lateness, drawn(`late ${number}`) ** 3);
}

function kindAt(place: number, perMille: WebMix['perMille']): HostKind {
  let end = 0;
  // Silent hosts last: without them, all other hosts keep their kinds.
  for (const kind of ['unknown', 'mute', 'refusing', 'silent'] as const) {
    end += perMille[kind];
    if (place < end) return kind;
  }
  return 'good';
}

function between({ least, most }: Delay, share: number): number {
  return Math.round(least + (most - least) * share);
}

/** A name with all about the host, so that servers need not know the list: `h12-good-35.web.test`. */
export function hostName({ number, kind, nameDelay }: Host): string {
  return `h${number}-${kind}-${nameDelay}.${DOMAIN}`;
}

/** The host with this name; undefined if no host has it. */
export function parseHostName(name: string): Host | undefined {
  const [, number, kind, nameDelay] =
    /^h(\d+)-(good|silent|unknown|mute|refusing)-(\d+)\.web\.test$/.exec(name.toLowerCase()) ?? [];
  if (kind === undefined) return undefined;
  return { number: Number(number), kind: kind as HostKind, nameDelay: Number(nameDelay) };
}
