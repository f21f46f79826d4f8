import { asyncContext } from '../concurrency/index.ts';
import type { BodyWriter, ResponseHead } from '../model/response.ts';
import type { Draft } from '../save/sinks/sink.ts';
import { planFor, type SegmentPlan } from './segment-plan.ts';

/** A file that comes over several connections. */
export interface SharedFile {
  readonly plan: SegmentPlan;
  /** The head of the first response, and when it came, as `performance.now()` has it. */
  readonly head: ResponseHead;
  readonly headAt: number;
}

type State =
  | { readonly name: 'asking' | 'alone' }
  | {
      readonly name: 'sharing';
      readonly file: SharedFile;
      /** How far the response has come, and how far it may go, in bytes of the file. */
      position: number;
      end: number;
    }
  | {
      readonly name: 'held';
      readonly file: SharedFile;
      readonly position: number;
      /** Copies of what the sender sent before it paused. */
      readonly chunks: Uint8Array[];
      /** What the sender waits for. */
      readonly resumed: PromiseWithResolvers<void>;
    }
  | { readonly name: 'cut'; readonly file: SharedFile; readonly paused: Promise<void> };

type Named<Name extends State['name']> = State & { readonly name: Name };

/**
 * The first response of a {@link SegmentedRequest}, on its way into the draft. It asked for everything
 * that is missing, and gives way to the connections that have taken segments further on:
 *
 *     asking ───> sharing <───> held ───> cut
 *        │           │           │
 *        └───────────┼───────────┘
 *                    v
 *                  alone
 *
 * - **asking**: the head has not come. Then the response is *sharing* if the server sends ranges and
 *   the file is long enough, else *alone*.
 * - **sharing**: it takes segment after segment of the plan. It is *held* where its next bytes belong
 *   to another connection.
 * - **held**: its sender is paused. It is *sharing* again when its next bytes become free. It is *cut*
 *   once a segment has begun to come, as the server then does send ranges.
 * - **alone**: it brings all the rest. {@link goAlone} leads here, from *sharing* and *held*.
 * - **cut**: it has ended early, by a SegmentEnd. The segments bring the rest.
 */
export class FirstResponse implements BodyWriter {
  readonly #draft: Draft;
  readonly #connections: number;
  #state: State = { name: 'asking' };
  #hasSegmentBegun = false;

  /** @param connections the most that the file may come over at a time */
  constructor(draft: Draft, connections: number) {
    this.#draft = draft;
    this.#connections = connections;
  }

  /** Undefined while no other connection may take a part of the file. */
  get file(): SharedFile | undefined {
    return 'file' in this.#state ? this.#state.file : undefined;
  }

  get isCut(): boolean {
    return this.#state.name === 'cut';
  }

  begin(head: ResponseHead): void {
    this.#draft.begin(head);
    const plan = planFor(head, this.#connections);
    if (plan === undefined) {
      this.#state = { name: 'alone' };
    } else {
      const file = { plan, head, headAt: performance.now() };
      this.#share(file, head.offset, plan.readOn(head.offset));
    }
  }

  /** @returns a promise that is rejected with a SegmentEnd when the response is cut */
  write(chunk: Uint8Array): Promise<void> | undefined {
    const state = this.#state;
    if (state.name === 'sharing') return this.#writeShared(state, chunk);
    if (state.name === 'cut') return state.paused;
    if (state.name !== 'held') return this.#draft.write(chunk);
    // A sender that was asked to pause may already have had more in hand.
    state.chunks.push(Buffer.from(chunk));
    return state.resumed.promise;
  }

  /** A segment has begun to come. */
  segmentBegan(): void {
    this.#hasSegmentBegun = true;
    this.decide();
  }

  /** To be called when segments have become free: a response that is held may go on. */
  decide(): void {
    const state = this.#state;
    if (state.name !== 'held') return;
    const { file, position, resumed } = state;
    const end = file.plan.readOn(position);
    if (end > position) {
      this.#share(file, position, end);
      this.#resume(state);
    } else if (this.#hasSegmentBegun) {
      this.#state = { name: 'cut', file, paused: resumed.promise };
      resumed.reject(new SegmentEnd(file));
    }
  }

  /** No other connection takes a part of the file any more. The response must not be cut yet. */
  goAlone(): void {
    const before = this.#state;
    this.#state = { name: 'alone' };
    if (before.name === 'held') this.#resume(before);
  }

  #share(file: SharedFile, position: number, end: number): void {
    this.#state = { name: 'sharing', file, position, end };
  }

  #writeShared(state: Named<'sharing'>, chunk: Uint8Array): Promise<void> | undefined {
    const end = state.position + chunk.byteLength;
    while (state.end < end) {
      const further = state.file.plan.readOn(state.end);
      if (further === state.end) return this.#hold(state, chunk);
      state.end = further;
    }
    state.position = end;
    return this.#draft.write(chunk);
  }

  /** `chunk` goes on into a segment of another connection. */
  async #hold({ file, position, end }: Named<'sharing'>, chunk: Uint8Array): Promise<void> {
    const written = this.#draft.write(chunk.subarray(0, end - position));
    const chunks = [Buffer.from(chunk.subarray(end - position))];
    const resumed = Promise.withResolvers<void>();
    this.#state = { name: 'held', file, position: end, chunks, resumed };
    this.decide();
    await Promise.all([written, resumed.promise]);
  }

  /** Outside of the task that calls, a segment's: its cancellation must not end these writes. */
  #resume({ chunks, resumed }: Named<'held'>): void {
    const write = async () => {
      await Promise.all(chunks.map((chunk) => this.write(chunk)));
    };
    resumed.resolve(asyncContext.run(undefined, write));
  }
}

/** How a first response ends that is cut. */
export class SegmentEnd extends Error {
  override readonly name = 'SegmentEnd';
  readonly file: SharedFile;

  constructor(file: SharedFile) {
    super();
    this.file = file;
  }
}
