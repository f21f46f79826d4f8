/**
 * A Parquet file that cannot be read: it is damaged, or has something that is not supported. The message
 * goes on after the list's name.
 */
export class ParquetError extends Error {
  override readonly name = 'ParquetError';
}
