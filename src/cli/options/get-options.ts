import type { ListFormat } from '../../source/formats/list-format.ts';

/** The options of `flaghoist get` as commander hands them over: durations in ms, sizes in bytes. */
export interface GetOptions {
  readonly input?: readonly string[];
  readonly format?: ListFormat;
  readonly urlColumn?: string;
  readonly nameColumn?: string;
  readonly checksumColumn?: string;
  readonly expand?: true;
  readonly strict?: true;

  readonly directory: string;
  readonly output?: string;
  readonly tree?: true;
  readonly contentDisposition?: true;
  readonly onCollision: 'fail' | 'rename' | 'overwrite' | 'skip';
  readonly maxSize?: number;
  readonly minSize?: number;
  readonly accept?: readonly string[];
  readonly fileTimes?: boolean;
  readonly digest?: true;

  readonly maxRequests: number | 'auto';
  readonly perHost?: number;
  /** Requests a second. */
  readonly rate?: number;
  /** Bytes a second. */
  readonly bandwidth?: number;
  readonly segments?: number;
  readonly tries: number;
  readonly retryMaxWait: number;
  /** A count, or a percentage with its sign. */
  readonly maxFailures?: string;
  readonly newer?: true;
  readonly ledger: boolean;
  readonly dryRun?: true;

  readonly connectTimeout: number;
  readonly firstByteTimeout: number;
  readonly idleTimeout: number;
  readonly rowTimeout?: number;
  readonly runTimeout?: number;
  readonly lowestSpeed?: number;

  readonly header?: readonly string[];
  readonly userAgent?: string;
  readonly user?: string;
  readonly userFile?: string;
  readonly bearer?: string;
  readonly netrc?: true;
  readonly netrcFile?: string;
  readonly cookies?: string;
  readonly proxy?: string;
  readonly dnsServer?: readonly string[];
  readonly resolve?: readonly string[];
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly denyPrivate?: true;
  readonly raw?: true;
  readonly maxRedirects: number;

  /** The port; 0 for any that is free. */
  readonly dashboard?: number;
  readonly json?: true;
  readonly verbose?: true;
  readonly quiet?: true;
}
