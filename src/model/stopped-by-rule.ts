/** The reason of the signal that stops a run by a rule of its own, such as too many failures: nobody interrupted it. */
export class StoppedByRule extends Error {
  override readonly name = 'StoppedByRule';
}
