import { randomInt } from 'node:crypto';
import { MAX_DELAY, MAX_PORT, MAX_SEED } from './limits.ts';
import { type DelayRange, SERVER_PRESETS, type ServerLabel } from './presets.ts';

/** What a caller may ask of a test server; what is left out is the label's preset. */
export interface FlagServerOptions {
  readonly label: ServerLabel;
  /** TCP port; 0 is any free one. */
  readonly port?: number | undefined;
  /** ms. */
  readonly delay?: DelayRange | undefined;
  /** Share of all responses that are late, 0 to 1. */
  readonly lateRate?: number | undefined;
  /** Share of all responses that are a 5xx, 0 to 1. */
  readonly errorRate?: number | undefined;
  /** Whole number from 0 to 2^32 - 1; left out, one is drawn. The same seed fails the same requests. */
  readonly seed?: number | undefined;
}

/** The options with nothing left out, and checked. */
export interface FlagServerSettings {
  readonly label: ServerLabel;
  readonly port: number;
  readonly delay: DelayRange;
  readonly lateRate: number;
  readonly errorRate: number;
  readonly seed: number;
}

/**
 * Fills in the label's preset and checks every number.
 *
 * @throws RangeError naming the option that is out of bounds.
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

/** Whether two seeds could differ in what they do; where not, nothing has to be drawn. */
export function dependsOnSeed({ delay, lateRate, errorRate }: FlagServerSettings): boolean {
  const someAreLate = delay.max > 0 && lateRate > 0;
  const latenessVaries = someAreLate && (lateRate < 1 || delay.min < delay.max);
  // Even with all of them failing, which 5xx it is has to be drawn.
  return latenessVaries || errorRate > 0;
}

/** @throws RangeError naming `name`, also for NaN */
export function requireBetween(name: string, value: number, min: number, max: number): void {
  // Turned round so that NaN, which is neither below nor above anything, is refused too.
  if (!(value >= min && value <= max)) {
    throw new RangeError(`${name} must be from ${min} to ${max}, not ${value}`);
  }
}

/** @throws RangeError naming `name`, unless it is a whole number from 0 to `max` */
export function requireInteger(name: string, value: number, max: number): void {
  if (!Number.isInteger(value)) {
    throw new RangeError(`${name} must be a whole number, not ${value}`);
  }
  requireBetween(name, value, 0, max);
}
