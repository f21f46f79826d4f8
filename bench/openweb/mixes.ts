import type { WebMix } from './host.ts';

/** Like a typical list of the real web, some of whose hosts are gone. */
export const USUAL_MIX: WebMix = {
  perMille: { silent: 20, unknown: 30, mute: 20, refusing: 30 },
  nameDelay: { least: 20, most: 100 },
  lateness: { least: 30, most: 430 },
};

/** The same, but every name is answered, so that names are not what is slow. */
export const ANSWERED_MIX: WebMix = {
  ...USUAL_MIX,
  perMille: { ...USUAL_MIX.perMille, silent: 0 },
};

/** Fast, and with few dead hosts, so that a list of hundreds of thousands ends within minutes. */
export const FAST_MIX: WebMix = {
  perMille: { silent: 0.1, unknown: 5, mute: 0.1, refusing: 5 },
  nameDelay: { least: 1, most: 5 },
  lateness: { least: 0, most: 60 },
};
