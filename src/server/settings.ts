import { randomInt } from 'node:crypto';
import { MAX_DELAY, MAX_PORT, MAX_SEED } from './limits.ts';
import { type DelayRange, SERVER_PRESETS, type ServerLabel } from './presets.ts';

/** Options of a test server. Those left out are the preset of its label. */
export interface FlagServerOptions {
  readonly label: ServerLabel;
  /** TCP port; 0 for any free one. */
  readonly port?: number | undefined;
  /** Delay of late responses, in ms. */
  readonly delay?: DelayRange | undefined;
  /** Share of responses that are late, 0 to 1. */
  readonly lateRate?: number | undefined;
  /** Share of responses that are a 5xx, 0 to 1. */
  readonly errorRate?: number | undefined;
  /** Integer from 0 to 2^32 - 1, drawn if left out. With the same seed, the same requests fail. */
  readonly seed?: number | undefined;
}

/** The options with all defaults filled in, and checked. */
export type FlagServerSettings = {
  readonly [K in keyof FlagServerOptions]-?: NonNullable<FlagServerOptions[K]>;
};

/**
 * Fills in the preset of the label and checks every number.
 *
 * @throws RangeError that names the option that is out of bounds
 */
export function resolveSettings(options: FlagServerOptions): FlagServerSettings {
  const preset = SERVER_PRESETS[options.label];
  const settings: FlagServerSettings = {
    label: options.label,
    port: options.port ?? preset.port,
    delay: options.delay ?? preset.delay,
    lateRate: options.lateRate ?? preset.lateRate,
    errorRate: options.errorRate ?? preset.errorRate,
    seed: options.seed ?? randomInt(MAX_SEED + 1),
  };
  requireInteger('port', settings.port, MAX_PORT);
  requireInteger('seed', settings.seed, MAX_SEED);
  requireBetween('delay.min', settings.delay.min, 0, settings.delay.max);
  requireBetween('delay.max', settings.delay.max, 0, MAX_DELAY);
  requireBetween('lateRate', settings.lateRate, 0, 1);
  requireBetween('errorRate', settings.errorRate, 0, 1);
  return settings;
}

/** Whether the seed makes a difference. If not, nothing has to be drawn. */
export function dependsOnSeed({ delay, lateRate, errorRate }: FlagServerSettings): boolean {
  const someAreLate = delay.max > 0 && lateRate > 0;
  const latenessVaries = someAreLate && (lateRate < 1 || delay.min < delay.max);
  // Even if all requests fail, the status has to be drawn.
  return latenessVaries || errorRate > 0;
}

/** @throws RangeError that names `name`, unless `value` is from `min` to `max` */
export function requireBetween(name: string, value: number, min: number, max: number): void {
  // Negated, so that NaN is refused, too: every comparison with it is false.
  if (!(value >= min && value <= max)) {
    throw new RangeError(`${name} must be from ${min} to ${max}, not ${value}`);
  }
}

/** @throws RangeError that names `name`, unless `value` is a whole number from 0 to `max` */
export function requireInteger(name: string, value: number, max: number): void {
  if (!Number.isInteger(value)) {
    throw new RangeError(`${name} must be a whole number, not ${value}`);
  }
  requireBetween(name, value, 0, max);
}
