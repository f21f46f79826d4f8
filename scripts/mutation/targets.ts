/** Sources to change, and the tests that should see it. */
export interface Target {
  readonly name: string;
  /** Below `src/`, without `.ts`. */
  readonly sources: readonly string[];
  /** Below `test/`, without `.test.ts`: of these, a change is shown to those that run through it. */
  readonly tests: readonly string[];
  /** How many changes pass all the same: docs/testing.md says which, and why. */
  readonly survivors: number;
}

/** The parts that have a state, and lose something when they are wrong. */
export const TARGETS: readonly Target[] = [
  {
    name: 'retry',
    sources: ['schedule/tries', 'schedule/backoff', 'model/worth-retrying', 'fetch/retry-after'],
    tests: [
      'schedule/tries',
      'schedule/backoff',
      'model/worth-retrying',
      'fetch/retry-after',
      'engine/row-requests',
    ],
    survivors: 2,
  },
  {
    name: 'scheduler',
    sources: [
      'schedule/admission-queue',
      'schedule/origin-state',
      'schedule/learned-rate',
      'schedule/baseline-error-rate',
    ],
    tests: [
      'schedule/admission-queue',
      'schedule/learned-rate',
      'schedule/learned-rate-curve',
      'schedule/baseline-error-rate',
      'schedule/fairness',
    ],
    survivors: 31,
  },
  {
    name: 'semaphore',
    sources: ['concurrency/semaphore', 'concurrency/wait-queue', 'concurrency/suspension'],
    tests: [
      'concurrency/semaphore',
      'concurrency/wait-queue',
      'concurrency/suspension',
      'concurrency/task',
      'concurrency/sleep',
      'concurrency/queue',
    ],
    survivors: 5,
  },
  {
    name: 'parts',
    sources: ['save/files/parts', 'save/files/part-file'],
    tests: ['save/files/parts', 'save/files/part-file', 'save/parts-ranges'],
    survivors: 25,
  },
  {
    name: 'resume',
    sources: ['fetch/validators', 'fetch/content-range', 'fetch/verdict', 'engine/segment-plan'],
    tests: [
      'fetch/validators',
      'fetch/content-range',
      'fetch/verdict',
      'fetch/http-client-ranges',
      'engine/segment-plan',
    ],
    survivors: 17,
  },
  {
    name: 'http1',
    sources: [
      'fetch/http1/head',
      'fetch/http1/framing',
      'fetch/http1/chunk-reader',
      'fetch/http1/response-reader',
      'fetch/http1/request-text',
      'fetch/http1/connection',
      'fetch/connections/origin-pool',
      'fetch/connections/waiting-requests',
    ],
    tests: [
      'fetch/http1/head',
      'fetch/http1/framing',
      'fetch/http1/chunk-reader',
      'fetch/http1/response-reader',
      'fetch/http1/request-text',
      'fetch/http1/connection',
      'fetch/http1/connection-flow',
      'fetch/http1/connection-abort',
      'fetch/http1/connection-ended',
      'fetch/connections/origin-pool',
      'fetch/connections/origin-pool-tls',
      'fetch/connections/waiting-requests',
      'fetch/http-client-kept',
    ],
    survivors: 12,
  },
  {
    name: 'engine',
    sources: ['engine/row-requests'],
    tests: [
      'engine/row-requests',
      'engine/row-requests-stop',
      'engine/row-requests-timeout',
      'engine/download-one',
      'engine/segmented-request',
      'download-segments',
    ],
    survivors: 8,
  },
  {
    name: 'ledger',
    sources: [
      'ledger/ledger',
      'ledger/row-register',
      'ledger/lineup',
      'ledger/writer',
      'ledger/read-record',
      'ledger/previous-records',
      'ledger/runs',
    ],
    tests: [
      'ledger/row-register',
      'ledger/lineup',
      'ledger/previous-records',
      'ledger/runs',
      'ledger/ledger',
      'ledger/writer',
      'ledger/loads',
      'ledger/ledger-reader',
      'ledger/retry-rows',
    ],
    survivors: 56,
  },
];
