/** Sources to change, and the tests that should see the changes. */
export interface Target {
  readonly name: string;
  /** Below `src/`, without `.ts`. */
  readonly sources: readonly string[];
  /** Below `test/`, without `.test.ts`. A change is tried with those that run through it. */
  readonly tests: readonly string[];
  /** How many changes no test sees. docs/testing.md says which, and why. */
  readonly survivors: number;
}

/** The parts that have a state, and whose mistakes lose data. */
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
      'engine/row-requests-mirrors',
    ],
    survivors: 2,
  },
  {
    name: 'scheduler',
    sources: [
      'schedule/admission-queue',
      'schedule/origin-registry',
      'schedule/ready-origins',
      'schedule/read-ahead',
      'schedule/request-slots',
      'schedule/origin-queue',
      'schedule/pace/learned-rate',
      'schedule/limits/baseline-error-rate',
    ],
    tests: [
      'schedule/admission-queue',
      'schedule/origin-registry',
      'schedule/ready-origins',
      'schedule/read-ahead',
      'schedule/request-slots',
      'schedule/origin-control',
      'schedule/origin-queue',
      'schedule/pace/learned-rate',
      'schedule/pace/learned-rate-curve',
      'schedule/limits/baseline-error-rate',
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
      'concurrency/task-cancel',
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
    sources: [
      'fetch/validators',
      'fetch/body-range',
      'fetch/classify-response',
      'engine/segment-plan',
    ],
    tests: [
      'fetch/validators',
      'fetch/body-range',
      'fetch/classify-response',
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
      'engine/row-requests-mirrors',
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
      'ledger/thrown-failures',
      'ledger/write/current-run',
      'ledger/write/row-register',
      'ledger/match/replay-cursor',
      'ledger/write/writer',
      'ledger/read/read-record',
      'ledger/match/previous-records',
      'ledger/write/runs',
      'model/safe-arguments',
    ],
    tests: [
      'ledger/write/row-register',
      'ledger/match/replay-cursor',
      'ledger/match/previous-records',
      'ledger/write/runs',
      'model/safe-arguments',
      'ledger/write/current-run',
      'ledger/ledger',
      'ledger/thrown-failures',
      'ledger/write/writer',
      'ledger/read/ledger-reader',
      'ledger/read/retry-rows',
      'ledger/edited-ledger',
      'recording/file-owners',
    ],
    survivors: 60,
  },
];
