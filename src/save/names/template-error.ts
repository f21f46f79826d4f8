import type { Reasoned } from '../../model/reason.ts';

/** A name template that means nothing, or nothing for this row. The message is one line. */
export class TemplateError extends Error implements Reasoned {
  override readonly name = 'TemplateError';
  readonly reason = 'bad-row';
}
