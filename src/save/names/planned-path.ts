import type { Item } from '../../model/item.ts';
import type { NameTemplate } from './name-template.ts';

/** How names are made. */
export interface NamingOptions {
  readonly template: NameTemplate;
  /** Whether the name that the server gives a file counts, where the row has none of its own. */
  readonly useContentDisposition: boolean;
}

/**
 * The path that a row's file would have, relative to the run's directory, other rows and files that
 * are there apart. No disk is touched; what other rows do to it is for `NameRegistry` to say.
 *
 * @returns undefined when it depends on the response
 * @throws TypeError for a URL that is none; TemplateError for a column that the row has not
 */
export function plannedPath(
  item: Item,
  { template, useContentDisposition }: NamingOptions,
): string | undefined {
  if (template.needsDigest) return undefined;
  if (useContentDisposition && template.needsName && item.name === undefined) return undefined;
  return template.pathOf({ item });
}
