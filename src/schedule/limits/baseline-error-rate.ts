import type { Limit, Sample } from './limit.ts';

/** Requests that the share of refusals is an average over: of late, and in the long run. */
const OF_LATE = 16;
const IN_ALL = 1_024;
/** The worst is another one when it is worse by this share: less may be chance. */
const CLIMB = 0.1;
/** Refusals after which the worst is of another time: the origin may have been down then. */
const LONG_AGO = 12;
/** What should not be refused at all is, once in so many times, all the same. */
const SELDOM = 20;
/** How much likelier than anything else it has to be, as a logarithm: a thousand times. */
const CLEAR = Math.log(1_000);
/** What is taken of a load that is too high is known no better than to this factor. */
const ABOUT = 1.5;
/** Beyond what is usual by so many standard deviations, and this share, it is for another reason. */
const DEVIATIONS = 3;
const MARGIN = 0.05;
/** Requests without a refusal after which there is nothing usual any more. */
const FORGET = 1_000;

/** Shares of refusals that may come whatever the load is, and that speak for a load too high. */
const SPARSE = 0.35;
const DENSE = 0.7;
/** How much likelier the latter has to be, as a logarithm: eleven refusals in a row. */
const ENOUGH = 7.5;

/**
 * Tells refusals that are for the load from those that come whatever the load is: a server of which
 * one part in twenty is broken answers 503 to one request in twenty. To slow down for them helps
 * nobody, and does not end: there is another one soon, at any speed.
 *
 * What is refused for the load gets less with it: of an origin that takes so much and no more, the
 * share that was refused tells how much, and so what share is refused at a lower load; soon it is
 * none. What comes anyway stays the same share. Which of the two it is, is clear after some requests
 * at a lower load: a sequential probability ratio test (Wald 1945).
 */
export class BaselineErrorRate {
  readonly #onFound: (() => void)[] = [];
  /** The share that was refused, 0 to 1: of late, and in the long run. */
  #ofLate = 0;
  #inAll = 0;
  #count = 0;
  #refusals = 0;
  /** When most of it was refused, and under which load. */
  #worst: { readonly share: number; readonly load: number; readonly at: number } | undefined;
  /** How much likelier it is by now that they come whatever the load, as a logarithm. */
  #evidence = 0;
  /** The share that is refused whatever the load; 0 while that is not known. */
  #usual = 0;
  #sinceRefusal = 0;
  /** Whether refusals have come in masses, or the server has said that it is asked too often. */
  #isLimited = false;
  /** How much likelier it is that they do, as a logarithm. */
  #density = 0;

  /**
   * Whether no more are refused than always: then that has nothing to do with the load. Until they
   * come in masses, refusals are taken for that: twice the load that is too high has half of it refused.
   */
  get isUsual(): boolean {
    if (!this.#isLimited) return true;
    const usual = this.#usual;
    // The variance of an exponential average of so many is half of that of a plain one.
    const deviation = Math.sqrt((usual * (1 - usual)) / (2 * OF_LATE));
    return usual > 0 && this.#ofLate <= usual + DEVIATIONS * deviation + MARGIN;
  }

  /** Has `clear` called when it is clear: what was made of refusals until then is of no use. */
  whenFound(clear: () => void): void {
    this.#onFound.push(clear);
  }

  /** As {@link Limit.checkpoint}. */
  checkpoint(): () => void {
    const learned = {
      ofLate: this.#ofLate,
      inAll: this.#inAll,
      count: this.#count,
      refusals: this.#refusals,
      worst: this.#worst,
      evidence: this.#evidence,
      usual: this.#usual,
      sinceRefusal: this.#sinceRefusal,
      isLimited: this.#isLimited,
      density: this.#density,
    };
    return () => {
      this.#ofLate = learned.ofLate;
      this.#inAll = learned.inAll;
      this.#count = learned.count;
      this.#refusals = learned.refusals;
      this.#worst = learned.worst;
      this.#evidence = learned.evidence;
      this.#usual = learned.usual;
      this.#sinceRefusal = learned.sinceRefusal;
      this.#isLimited = learned.isLimited;
      this.#density = learned.density;
    };
  }

  /**
   * To be told of every request that is over.
   * @param load that it was sent under, as a rate; undefined for one that was not limited
   */
  finished({ result, isSaid = false }: Sample, load: number | undefined): void {
    if (result === 'failed') return;
    if (isSaid) this.#forget();
    const isRefusal = result === 'overload';
    this.#average(isRefusal ? 1 : 0);
    this.#sinceRefusal = isRefusal ? 0 : this.#sinceRefusal + 1;
    if (!this.#isLimited) this.#watch(isRefusal, isSaid);
    if (this.#sinceRefusal > FORGET) this.#forget();
    if (load !== undefined && !isSaid && !this.isUsual) this.#weigh(isRefusal, load);
  }

  /** Page's cumulative sum test (1954) for the moment from which on refusals come in masses. */
  #watch(isRefusal: boolean, isSaid: boolean): void {
    const likelier = isRefusal ? DENSE / SPARSE : (1 - DENSE) / (1 - SPARSE);
    this.#density = Math.max(0, this.#density + Math.log(likelier));
    this.#isLimited = isSaid || this.#density >= ENOUGH;
  }

  #average(refused: 0 | 1): void {
    this.#count++;
    this.#refusals += refused;
    // As if some had gone well before: all of the first three are no share to go by.
    this.#ofLate += (refused - this.#ofLate) / Math.min(OF_LATE, this.#count + OF_LATE / 2);
    this.#inAll += (refused - this.#inAll) / Math.min(IN_ALL, this.#count);
  }

  #weigh(isRefusal: boolean, load: number): void {
    const worst = this.#worst;
    const isOld = worst === undefined || this.#refusals - worst.at > LONG_AGO;
    if (isOld || this.#ofLate > worst.share + CLIMB) {
      if (!isRefusal) return;
      // What was long ago has no part in what is refused always either.
      if (worst !== undefined && isOld) this.#restart();
      this.#worst = { share: this.#ofLate, load, at: this.#refusals };
      return;
    }
    // Of as much load as then it says nothing.
    if (load >= worst.load || this.#inAll === 0) return;
    const always = this.#inAll;
    const taken = (1 - worst.share) * worst.load;
    const forTheLoad = Math.max(1 - taken / (ABOUT * load), always / SELDOM);
    // What goes well speaks for the load at most: what was taken is not known that well.
    const likelier = isRefusal ? always / forTheLoad : Math.min(1, (1 - always) / (1 - forTheLoad));
    this.#evidence = Math.max(0, this.#evidence + Math.log(likelier));
    if (this.#evidence < CLEAR) return;
    this.#usual = this.#inAll;
    this.#evidence = 0;
    this.#worst = undefined;
    for (const clear of this.#onFound) clear();
  }

  /** The long run begins with what was of late. */
  #restart(): void {
    this.#count = OF_LATE;
    this.#inAll = this.#ofLate;
  }

  #forget(): void {
    this.#usual = 0;
    this.#evidence = 0;
    this.#worst = undefined;
  }
}
