/** Chunks whose beginning is known. */
export interface Peeked {
  /** At least as many bytes as were asked for, or all that there are. */
  readonly head: Buffer;
  /** All chunks, the first ones in one. */
  readonly all: AsyncGenerator<Buffer, void, undefined>;
}

/**
 * Looks at the first bytes of `chunks`.
 * @throws the errors of reading
 */
export async function peek(chunks: AsyncIterable<Buffer>, bytes: number): Promise<Peeked> {
  const rest = chunks[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < bytes) {
    const { done, value } = await rest.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return { head, all: chained(head, rest) };
}

async function* chained(
  head: Buffer,
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
