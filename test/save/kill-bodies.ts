export const FILES = 200;

/** Every other body is small, and no two 8-byte pieces of a body are the same. */
export function bodyOf(index: number): Buffer {
  const length = index % 2 === 0 ? 1_000 + index : 200_000 + index * 10_000;
  const body = Buffer.alloc(length);
  for (let i = 0; i + 8 <= length; i += 8) body.writeDoubleLE(index + i / 7, i);
  return body;
}
