/** The public library. Its other half is `flaghoist/concurrency`. */
export { type DownloadOptions, download } from './download.ts';
export { BrokenRunError } from './model/broken-run-error.ts';
export {
  DownloadError,
  HttpStatusError,
  NameCollisionError,
  TruncatedError,
} from './model/failure.ts';
export type { Item, Row } from './model/item.ts';
export type { Outcome, Status } from './model/outcome.ts';
export type { Reason } from './model/reason.ts';
