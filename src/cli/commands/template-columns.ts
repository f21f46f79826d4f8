import { itemOf, type Row } from '../../model/item.ts';
import { compileTemplate, TemplateError } from '../../save/names/name-template.ts';
import { UsageError } from '../options/values.ts';

/**
 * Makes sure that the first row has the columns which the name template takes values from. A field that
 * is mistyped is an error of the command line then, and not one of each row.
 *
 * @param names the template
 * @param isList whether the rows come from lists: other rows have no columns
 * @returns the same rows
 * @throws UsageError
 */
export async function withColumnsOf<Rows extends AsyncIterable<Row>>(
  names: string | undefined,
  rows: Rows,
  isList: boolean,
): Promise<Rows | AsyncGenerator<Row, void, undefined>> {
  if (names === undefined || compileTemplate(names).columns.length === 0) return rows;
  if (!isList) check(names, []);
  const iterator = rows[Symbol.asyncIterator]();
  const { value: first } = await iterator.next();
  try {
    const { columns = {}, problem } = first === undefined ? {} : itemOf(first, 0);
    // A row that cannot be read says nothing of the columns.
    if (first !== undefined && problem === undefined) check(names, Object.keys(columns));
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
  return startingWith(first, iterator);
}

function check(names: string, columns: readonly string[]): void {
  try {
    compileTemplate(names, columns);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UsageError(`--output TEMPLATE: ${error.message}`, { cause: error });
  }
}

async function* startingWith(
  first: Row | undefined,
  rest: AsyncIterator<Row>,
): AsyncGenerator<Row, void, undefined> {
  let isDone = false;
  try {
    if (first !== undefined) yield first;
    for (;;) {
      const { done = false, value } = await rest.next();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await rest.return?.();
  }
}
