import { ByteRangeError, HttpStatusError, messageOf } from '../../model/failure.ts';
import { type Reason, type Reasoned, reasonOf } from '../../model/reason.ts';

/** An error on its way from one thread to another, where only plain data arrives as it was. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly reason: Reason;
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  readonly retryAfter?: number | undefined;
  readonly length?: number | undefined;
  readonly cause?: ErrorRecord | undefined;
}

/** An error of another thread: of the class that the engine looks at, or with all that it asks about. */
class RemoteError extends Error implements Reasoned {
  override readonly name: string;
  readonly reason: Reason;

  constructor({ name, message, reason }: ErrorRecord, cause: Error | undefined) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
    this.reason = reason;
  }
}

/** `error` as plain data. */
export function recordOf(error: unknown): ErrorRecord {
  const name = error instanceof Error ? error.name : 'Error';
  const record = { name, message: messageOf(error), reason: reasonOf(error) };
  if (!(error instanceof Error)) return record;
  const { status, retryAfter, length, code, cause } = error as Partial<ErrorRecord>;
  return {
    ...record,
    code: typeof code === 'string' ? code : undefined,
    status,
    retryAfter,
    length,
    cause: cause === undefined ? undefined : recordOf(cause),
  };
}

/** The error that `record` was made of, as far as anybody asks. */
export function errorOf(record: ErrorRecord): Error {
  const cause = record.cause === undefined ? undefined : errorOf(record.cause);
  if (record.name === 'HttpStatusError' && record.status !== undefined) {
    return Object.assign(new HttpStatusError(record.status, '', record.retryAfter), {
      message: record.message,
    });
  }
  if (record.name === 'ByteRangeError') {
    return Object.assign(new ByteRangeError('', record.length), { message: record.message });
  }
  const error = new RemoteError(record, cause);
  return record.code === undefined ? error : Object.assign(error, { code: record.code });
}
