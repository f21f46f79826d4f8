import type { Picture, RowColumns, RunState } from './page-data.ts';

/** Values that are written at a time. */
const PIECE = 5_000;

/** A ReportPage as JSON, in pieces of some hundred kB at most. */
export async function* reportJson(
  state: RunState,
  rows: RowColumns,
  pictures: AsyncIterable<Picture>,
): AsyncGenerator<string, void, undefined> {
  yield `{"kind":"report","state":${JSON.stringify(state)},"rows":{`;
  let between = '';
  for (const [name, values] of Object.entries(rows)) {
    yield `${between}"${name}":[`;
    yield* listed(values);
    yield ']';
    between = ',';
  }
  yield '},"pictures":[';
  between = '';
  for await (const picture of pictures) {
    yield `${between}${JSON.stringify(picture)}`;
    between = ',';
  }
  yield ']}';
}

function* listed(values: readonly unknown[]): Generator<string, void> {
  for (let begin = 0; begin < values.length; begin += PIECE) {
    const piece = JSON.stringify(values.slice(begin, begin + PIECE)).slice(1, -1);
    yield begin === 0 ? piece : `,${piece}`;
  }
}
