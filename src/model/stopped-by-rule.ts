/**
 * The reason of the signal when a run stops by a rule of its own, such as too many failures, and not for
 * an interruption.
 */
export class StoppedByRule extends Error {
  override readonly name = 'StoppedByRule';
}
