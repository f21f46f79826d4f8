import type { Status } from '../../src/model/outcome.ts';
import type { PhaseName } from '../model/phases.ts';

/** Colours as the style sheet has them, for what is drawn on a canvas. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly rule: string;
  readonly surface: string;
  readonly focus: string;
  readonly status: Readonly<Record<Status, string>>;
  readonly phase: Readonly<Record<Exclude<PhaseName, 'failed'>, string>>;
}

/** Read anew for each theme: the same names have other values then. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: color('text'),
    muted: color('muted'),
    rule: color('rule'),
    surface: color('surface'),
    focus: color('focus'),
    status: {
      ok: color('ok'),
      skipped: color('skipped'),
      'not-found': color('not-found'),
      failed: color('failed'),
      cancelled: color('cancelled'),
    },
    phase: {
      queued: color('queued'),
      connect: color('connect'),
      wait: color('wait'),
      body: color('body'),
      save: color('save'),
    },
  };
}
