/** What to download and where the files go: options of `flaghoist get`. */
import { LIST_FORMATS } from '../../source/formats/list-format.ts';
import {
  asSetting,
  type DownloadSettings,
  flag,
  lists,
  negated,
  parsed,
  text,
  texts,
} from './option.ts';
import { directory, notEmpty, oneOf, shardBound, size, UsageError } from './values.ts';

export const INPUT = {
  input: lists({
    flags: '-i, --input <FILE>',
    isCommon: true,
    help: "a list of URLs, a directory of lists, 'DIR/*.parquet', or - for stdin; may be repeated",
    parse: (text, name) => [notEmpty(text, name)],
  }),
  format: parsed({
    flags: '--format <FORMAT>',
    help: `format of the lists: ${LIST_FORMATS.join(', ')}; by default, what their names and beginnings say`,
    parse: oneOf(LIST_FORMATS),
  }),
  urlColumn: text({ flags: '--url-column <COLUMN>', help: 'column with the URLs' }),
  nameColumn: text({
    flags: '--name-column <COLUMN>',
    help: "column with the file names (default: filename, or name in JSON); '' for none",
  }),
  checksumColumn: text({
    flags: '--checksum-column <COLUMN>',
    help: "column with checksums (default: sha256, sha1, md5, checksum and the like); '' for none",
  }),
  expand: flag({
    flags: '--expand',
    isCommon: true,
    help: 'expand {a,b}, [1-100] and [001-100:2] in the URLs given here',
  }),
  strict: flag({ flags: '--strict', help: 'stop at the first bad row of a list' }),
};

/** @throws UsageError for an option of shards without any */
function checkTar({ sink }: DownloadSettings, option: string): void {
  if (typeof sink === 'string' && sink.startsWith('tar:')) return;
  throw new UsageError(`${option} is for shards: --sink tar:DIR`);
}

/** @throws UsageError for an option of S3 without any */
function checkS3({ sink }: DownloadSettings, option: string): void {
  if (typeof sink === 'string' && /^(?:tar:)?s3:/i.test(sink)) return;
  throw new UsageError(`${option} is for S3: --sink s3://BUCKET/PREFIX`);
}

const collisionRule = oneOf(['fail', 'rename', 'overwrite', 'skip']);

export const FILES = {
  directory: parsed({
    flags: '-d, --directory <DIR>',
    isCommon: true,
    help: 'where the files go',
    parse: directory,
    default: '.',
    set: asSetting('directory'),
  }),
  output: text({
    flags: '-o, --output <TEMPLATE>',
    isCommon: true,
    help: 'file names, made from a template such as {host}/{path}/{name}; - is stdout for one URL',
    // It reads the directory and the sink.
    isSetLast: true,
    set: (settings, template, { read }) => {
      if (template === undefined || template === '-') return;
      const names = template.replace(/^(?:\.\/+)+/, '');
      settings.names = read.template(names, settings.sink ? undefined : settings.directory);
    },
  }),
  sink: text({
    flags: '--sink <WHERE>',
    help: 'save elsewhere than in files: s3://BUCKET/PREFIX, tar:DIR for WebDataset shards, tar:s3://BUCKET/PREFIX',
    isSetLast: true,
    set: (settings, where, { read }) => {
      if (where === undefined) return;
      settings.sink = where;
      settings.directory = read.sinkDirectory(where, settings);
    },
  }),
  s3Endpoint: text({
    flags: '--s3-endpoint <URL>',
    help: 'S3 server other than AWS: https://s3.example.com (default: AWS_ENDPOINT_URL, or the profile)',
    isSetLast: true,
    set: (settings, url, { read }) => {
      if (url === undefined) return;
      checkS3(settings, '--s3-endpoint URL');
      settings.s3 = { endpoint: read.s3Endpoint(url) };
    },
  }),
  shardSize: parsed({
    flags: '--shard-size <N>',
    help: 'for tar: samples in a shard, or its size: 10000, 1GB (default: 10000)',
    parse: shardBound,
    // It reads the sink.
    isSetLast: true,
    set: (settings, bound) => {
      if (bound !== undefined) checkTar(settings, '--shard-size N');
      Object.assign(settings, bound);
    },
  }),
  captionColumn: text({
    flags: '--caption-column <COLUMN>',
    help: 'for tar: column whose text goes beside each file',
    isSetLast: true,
    set: (settings, column) => {
      if (column !== undefined) checkTar(settings, '--caption-column COLUMN');
      settings.captionColumn = column;
    },
  }),
  tree: flag({
    flags: '--tree',
    isCommon: true,
    help: 'make directories from hosts and paths',
    excludes: ['output'],
    set: (settings, isGiven, { read }) => {
      if (isGiven) settings.names = read.TREE_TEMPLATE;
    },
  }),
  contentDisposition: flag({
    flags: '--content-disposition',
    help: 'use the file names that servers suggest',
    set: asSetting('useContentDisposition'),
  }),
  onCollision: parsed({
    flags: '--on-collision <RULE>',
    isCommon: true,
    help: 'what to do when a name is taken (by default, fail) or a file was changed here (skip): fail, rename, overwrite or skip',
    parse: collisionRule,
    set: asSetting('onCollision'),
  }),
  maxSize: parsed({
    flags: '--max-size <SIZE>',
    isCommon: true,
    help: 'fail files that are larger: 500k, 10MB, 2GiB',
    parse: size,
    set: asSetting('maxSize'),
  }),
  minSize: parsed({
    flags: '--min-size <SIZE>',
    help: 'fail files that are smaller',
    parse: size,
    set: (settings, bytes) => {
      settings.minSize = bytes;
      if ((bytes ?? 0) <= (settings.maxSize ?? Number.POSITIVE_INFINITY)) return;
      throw new UsageError('--min-size is more than --max-size: no file would be saved');
    },
  }),
  accept: texts({
    flags: '--accept <TYPE>',
    help: 'fail files of any other type, by header or first bytes: image/png, image/*; may be repeated',
    set: (settings, types, { read }) => {
      if (types !== undefined) settings.accept = read.mediaTypes(types);
    },
  }),
  fileTimes: negated({
    flags: '--no-file-times',
    help: "give files the time of their download, not the server's",
    set: asSetting('fileTimes'),
  }),
  dedupe: flag({
    flags: '--dedupe',
    help: 'store equal contents once: hard links, or in shards and S3 the same path',
    set: asSetting('dedupe'),
  }),
  digest: flag({
    flags: '--digest',
    help: "record every file's SHA-256",
    set: asSetting('digest'),
  }),
};
