import type { Sample } from './limit.ts';

/** How many requests the shares of refusals are averages over: recently, and in the long run. */
const RECENT = 16;
const LONG_RUN = 1_024;

/** Shares of refusals that may come at any load, and that a load too high brings. */
const SPARSE = 0.35;
const DENSE = 0.7;
/** How much more likely the latter has to be, as a logarithm: that of eleven refusals in a row. */
const MANY = 7.5;

/** By how much more must be refused than at the worst before that counts as worse: not by chance. */
const CLIMB = 0.1;
/** After so many refusals the worst is too long ago: the origin may have been down then. */
const LONG_AGO = 12;
/** Below the load that an origin takes, so many times fewer are refused for the load. */
const SELDOM = 20;
/** How much more likely than the contrary a finding has to be, as a logarithm: a thousand times. */
const CLEAR = Math.log(1_000);
/** The load that an origin takes is known to about this factor. */
const ABOUT = 1.5;
/** Refusals beyond the baseline by so many standard deviations, and this share, are for the load. */
const DEVIATIONS = 3;
const MARGIN = 0.05;

/** All that is learned of an origin. */
const NOTHING_LEARNED = {
  /** Whether refusals have come in masses, or the server has said that it is asked too often. */
  isLimited: false,
  /** How much more likely it is that they come in masses than that they do not, as a logarithm. */
  density: 0,
  /** The share of requests that were refused, 0 to 1: recently, and in the long run. */
  recent: 0,
  longRun: 0,
  requests: 0,
  refusals: 0,
  /** When the largest share was refused, counted in refusals, and at which load. */
  worst: undefined as
    | { readonly share: number; readonly load: number; readonly at: number }
    | undefined,
  /** How much more likely it is that refusals come at any load, as a logarithm. */
  evidence: 0,
  /** The share that is refused at any load; 0 while that is not known. */
  baseline: 0,
};

/**
 * Tells refusals for the load from refusals that come at any load: a server of which one part in
 * twenty is broken answers 503 to one request in twenty. To slow down for those is of no use, and does
 * not end: the next one comes soon, at any speed.
 *
 * Until refusals come in masses, none of them is for the load: of twice the load that an origin takes,
 * half is refused. Page's cumulative sum test (1954) finds the moment from which they do. That alone is
 * enough for servers that have only one of the two kinds. From then on each refusal may be for the load.
 *
 * A server may have both: 503 beyond so many connections, and now and then a 502. Without a second test
 * each 502 would slow the run down, until nothing goes out any more. But refusals for the load become
 * fewer at a lower load, and soon none is left, while the others stay the same share. Which of them come
 * at a lower load, a sequential probability ratio test (Wald 1945) finds.
 */
export class BaselineErrorRate {
  readonly #onFound: (() => void)[] = [];
  #learned = { ...NOTHING_LEARNED };

  /** Whether no more is refused than at any load, so that the refusals are no reason to slow down. */
  get isUsual(): boolean {
    const { isLimited, baseline, recent } = this.#learned;
    if (!isLimited) return true;
    // The variance of an exponential average over so many is half that of a plain one.
    const deviation = Math.sqrt((baseline * (1 - baseline)) / (2 * RECENT));
    return baseline > 0 && recent <= baseline + DEVIATIONS * deviation + MARGIN;
  }

  /** Has `clear` called when a baseline is found: what was learned from refusals until then is wrong. */
  whenFound(clear: () => void): void {
    this.#onFound.push(clear);
  }

  /** As {@link Limit.checkpoint}. */
  checkpoint(): () => void {
    const learned = { ...this.#learned };
    return () => {
      this.#learned = { ...learned };
    };
  }

  /**
   * To be called for each request that is over.
   * @param load the rate at which requests were sent; undefined if it was not limited
   */
  finished({ result, isSaid = false }: Sample, load: number | undefined): void {
    if (result === 'failed') return;
    if (isSaid) this.#forgetBaseline();
    const isRefusal = result === 'overload';
    this.#average(isRefusal ? 1 : 0);
    if (!this.#learned.isLimited) this.#testForMasses(isRefusal, isSaid);
    if (load !== undefined && !isSaid && !this.isUsual) this.#testAtLoad(isRefusal, load);
  }

  #average(refused: 0 | 1): void {
    const learned = this.#learned;
    learned.requests++;
    learned.refusals += refused;
    // As if some requests had gone well before: three of three say little about a share.
    const recent = Math.min(RECENT, learned.requests + RECENT / 2);
    learned.recent += (refused - learned.recent) / recent;
    learned.longRun += (refused - learned.longRun) / Math.min(LONG_RUN, learned.requests);
  }

  #testForMasses(isRefusal: boolean, isSaid: boolean): void {
    const likelier = isRefusal ? DENSE / SPARSE : (1 - DENSE) / (1 - SPARSE);
    const density = Math.max(0, this.#learned.density + Math.log(likelier));
    this.#learned.density = density;
    this.#learned.isLimited = isSaid || density >= MANY;
  }

  #testAtLoad(isRefusal: boolean, load: number): void {
    const learned = this.#learned;
    const { worst, recent, longRun } = learned;
    const isOld = worst === undefined || learned.refusals - worst.at > LONG_AGO;
    if (isOld || recent > worst.share + CLIMB) {
      if (!isRefusal) return;
      if (worst !== undefined && isOld) {
        // Refusals of long ago have no part in the long run either: it begins with the recent ones.
        learned.requests = RECENT;
        learned.longRun = recent;
      }
      learned.worst = { share: recent, load, at: learned.refusals };
      return;
    }
    // Only a lower load tells the two kinds apart.
    if (load >= worst.load || longRun === 0) return;
    const taken = (1 - worst.share) * worst.load;
    const forTheLoad = Math.max(1 - taken / (ABOUT * load), longRun / SELDOM);
    // A request that goes well is no evidence for a baseline: the load that is taken is not known well.
    const likelier = isRefusal
      ? longRun / forTheLoad
      : Math.min(1, (1 - longRun) / (1 - forTheLoad));
    learned.evidence = Math.max(0, learned.evidence + Math.log(likelier));
    if (learned.evidence < CLEAR) return;
    this.#forgetBaseline();
    learned.baseline = longRun;
    for (const clear of this.#onFound) clear();
  }

  #forgetBaseline(): void {
    this.#learned.baseline = 0;
    this.#learned.evidence = 0;
    this.#learned.worst = undefined;
  }
}
