/**
 * The library `flaghoist`. Its tasks, queues and timeouts are in `flaghoist/concurrency`.
 * @module flaghoist
 */
export { download } from './download.ts';
export type { DownloadOptions } from './download-options.ts';
export type {
  Auth,
  Deadlines,
  DnsOptions,
  ProxyOptions,
  TlsOptions,
} from './fetch/http-options.ts';
export type { KeyChange } from './ledger/match/row-keys.ts';
export { BrokenRunError } from './model/broken-run-error.ts';
export { DnsError } from './model/dns-error.ts';
export {
  DownloadError,
  HttpStatusError,
  OriginDownError,
  TruncatedError,
} from './model/failure.ts';
export { ChecksumError, NameCollisionError } from './model/file-errors.ts';
export type { Checksum, Item, Row, RowDetails } from './model/item.ts';
export type { Outcome, Status } from './model/outcome.ts';
export type { Reason } from './model/reason.ts';
export type { RequestInFlight, RowWaiting } from './model/request-in-flight.ts';
export type { BodyWriter, Part, ResponseHead, Timings, Validators } from './model/response.ts';
export { Activity } from './observe/activity.ts';
export { TemplateError } from './save/names/name-template.ts';
export type { Draft, DraftRange, SavedFile, Sink } from './save/sinks/sink.ts';
export { type ListOptions, readList } from './source/read-list.ts';
