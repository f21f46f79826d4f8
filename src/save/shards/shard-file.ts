/** The names of a shard and of what stands beside it, with the shard's number. */
export const SHARD_FILE = /^(\d{5,})(?:\.tar|\.parquet|_stats\.json)$/;
