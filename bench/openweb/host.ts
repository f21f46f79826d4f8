import { drawn } from './drawn.ts';

/** Domain of all hosts. */
export const DOMAIN = 'web.test';

/**
 * What a host does:
 *
 * - `good`: answers;
 * - `silent`: its name is never answered;
 * - `unknown`: its name does not exist;
 * - `mute`: takes connections and says nothing;
 * - `refusing`: refuses connections.
 */
export type HostKind = 'good' | 'silent' | 'unknown' | 'mute' | 'refusing';

/** Least and most of a delay, in ms. */
interface Delay {
  readonly least: number;
  readonly most: number;
}

/** What a web is made of. */
export interface WebMix {
  /** Of a thousand hosts, how many are of each kind; the others are good. */
  readonly perMille: Readonly<Record<Exclude<HostKind, 'good'>, number>>;
  /** Until a host's name is answered. */
  readonly nameDelay: Delay;
  /** From a request to its response. */
  readonly lateness: Delay;
}

export interface Host {
  readonly number: number;
  readonly kind: HostKind;
  /** ms until its name is answered. */
  readonly nameDelay: number;
}

/** The host with this number. */
export function hostOf(number: number, { perMille, nameDelay }: WebMix): Host {
  return {
    number,
    kind: kindAt(drawn(`kind ${number}`) * 1000, perMille),
    // Most names are answered soon: few are at the slow end.
    nameDelay: between(nameDelay, drawn(`name ${number}`) ** 2),
  };
}

/** ms from a request to the host until its response. */
export function latenessOf(number: number, { lateness }: WebMix): number {
  return between(lateness, drawn(`late ${number}`) ** 3);
}

function kindAt(place: number, perMille: WebMix['perMille']): HostKind {
  let end = 0;
  // Silent ones last: with none of them, all other hosts stay what they are.
  for (const kind of ['unknown', 'mute', 'refusing', 'silent'] as const) {
    end += perMille[kind];
    if (place < end) return kind;
  }
  return 'good';
}

function between({ least, most }: Delay, share: number): number {
  return Math.round(least + (most - least) * share);
}

/** The name says all, so that the name server need not know the list: `h12-good-35.web.test`. */
export function hostName({ number, kind, nameDelay }: Host): string {
  return `h${number}-${kind}-${nameDelay}.${DOMAIN}`;
}

/** Undefined for a name that hostName does not give. */
export function parseHostName(name: string): Host | undefined {
  const [, number, kind, nameDelay] =
    /^h(\d+)-(good|silent|unknown|mute|refusing)-(\d+)\.web\.test$/.exec(name.toLowerCase()) ?? [];
  if (kind === undefined) return undefined;
  return { number: Number(number), kind: kind as HostKind, nameDelay: Number(nameDelay) };
}
