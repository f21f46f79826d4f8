import type { Status } from '../../src/model/outcome.ts';
import type { PhaseName } from '../model/phases.ts';

/** The colours of the style sheet, for drawing on a canvas. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly rule: string;
  readonly surface: string;
  readonly focus: string;
  readonly status: Readonly<Record<Status, string>>;
  readonly phase: Readonly<Record<Exclude<PhaseName, 'failed'>, string>>;
}

/**
 * The value of a custom property such as `--ok`, as a canvas takes it: of `light-dark()` the colour that
 * is shown.
 */
export function readColor(name: string): string {
  const root = document.documentElement;
  const probe = root.appendChild(document.createElement('span'));
  probe.style.color = `var(--${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** The colours of the theme that is shown; to be read again when it changes. */
export function readPalette(): Palette {
  return {
    text: readColor('text'),
    muted: readColor('muted'),
    rule: readColor('rule'),
    surface: readColor('surface'),
    focus: readColor('focus'),
    status: {
      ok: readColor('ok'),
      skipped: readColor('skipped'),
      'not-found': readColor('not-found'),
      failed: readColor('failed'),
      cancelled: readColor('cancelled'),
    },
    phase: {
      queued: readColor('queued'),
      tried: readColor('tried'),
      connect: readColor('connect'),
      wait: readColor('wait'),
      body: readColor('body'),
      save: readColor('save'),
    },
  };
}
