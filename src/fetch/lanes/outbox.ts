import type { News, Report } from './messages.ts';

/** Room for the bodies of one report, in bytes; one that needs more is sent at once. */
const CAPACITY = 1024 * 1024;

/** Collects what happens in one turn of the event loop, to send it in one go. */
export class Outbox {
  readonly #send: (report: Report) => void;
  #news: News[] = [];
  #bodies = new Uint8Array(0);
  #used = 0;
  #isSendingSoon = false;

  constructor(send: (report: Report) => void) {
    this.#send = send;
  }

  /** Tells something. */
  put(news: News): void {
    this.#news.push(news);
    if (this.#isSendingSoon) return;
    this.#isSendingSoon = true;
    setImmediate(() => this.#flush());
  }

  /** Tells that a piece of a body has come. It may be used for something else at once. */
  putData(id: number, piece: Uint8Array): void {
    if (this.#used + piece.byteLength > this.#bodies.byteLength) this.#makeRoom(piece.byteLength);
    this.#bodies.set(piece, this.#used);
    this.#used += piece.byteLength;
    this.put(['data', id, piece.byteLength]);
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes > CAPACITY) this.#flush();
    const wanted = Math.max(64 * 1024, 2 * this.#bodies.byteLength, this.#used + bytes);
    const larger = new Uint8Array(Math.min(wanted, Math.max(CAPACITY, bytes)));
    larger.set(this.#bodies.subarray(0, this.#used));
    this.#bodies = larger;
  }

  #flush(): void {
    this.#isSendingSoon = false;
    if (this.#news.length === 0) return;
    const report = { news: this.#news, bodies: this.#bodies.buffer };
    this.#news = [];
    this.#bodies = new Uint8Array(0);
    this.#used = 0;
    this.#send(report);
  }
}
