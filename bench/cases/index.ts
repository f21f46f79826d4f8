import { bigFile } from './big-file.ts';
import type { BenchCase } from './case.ts';
import { delay600 } from './delay-600.ts';
import { http10k } from './http-10k.ts';
import { http100k } from './http-100k.ts';
import { httpsH210k } from './https-h2-10k.ts';
import { openweb3k } from './openweb-3k.ts';
import { openweb20k } from './openweb-20k.ts';
import { openweb300k } from './openweb-300k.ts';
import { openwebSilent } from './openweb-silent.ts';
import { rerun1m } from './rerun-1m.ts';
import { shards100k } from './shards-100k.ts';
import { startUp } from './start-up.ts';
import { stdin1m } from './stdin-1m.ts';
import { waiting10k } from './waiting-10k.ts';

/** All cases, in the order in which they run and are reported. */
export const CASES: readonly BenchCase[] = [
  startUp,
  http10k,
  http100k,
  shards100k,
  httpsH210k,
  delay600,
  waiting10k,
  bigFile,
  stdin1m,
  rerun1m,
  openweb3k,
  openwebSilent,
  openweb20k,
  openweb300k,
];
