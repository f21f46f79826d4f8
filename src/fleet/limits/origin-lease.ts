import type { OriginShare } from '../../schedule/shared-limits.ts';
import { entitlement } from './fair-share.ts';
import type { LeaseGrant, LeaseRequest, OriginNews } from './lease-table.ts';
import { SharedPace } from './shared-pace.ts';

/** How long a run keeps an origin that it has no rows for, in ms: more of them may come. */
const LINGER = 3_000;

/**
 * With fewer requests than runs, some have none. One of the others gives its share up after so many ms, and
 * asks again only after as many as the second number says.
 */
const TURN = 10_000;
const REST = 2_500;

/** What a run knows of its requests to the origin. */
interface Use {
  readonly inFlight: number;
  readonly demand: number;
}

/** What one run has of one origin, and what it does about it next. Times are in ms of the run's clock. */
export class OriginLease implements OriginShare {
  readonly origin: string;
  readonly pace: SharedPace;
  readonly #isValid: () => boolean;
  /** Whether there is a lease in the table. */
  #isTaken = false;
  /** What the table says this run has at most. */
  #granted = 0;
  /** How many requests may be in flight: less than granted while some is given back. */
  #cap = 0;
  #told = 0;
  #limit = 0;
  #news: OriginNews | undefined;
  /** Whether the table may have something else than this run knows. */
  #isUnsure = false;
  /** When it got its present share, with fewer requests than runs. */
  #since = 0;
  #restUntil = 0;
  /** Undefined while there are rows or requests. */
  leftAt: number | undefined;
  /** Until when others hold the origin, or have given it up. */
  heldUntil = 0;
  downUntil = 0;

  /** @param isValid whether the leases of the run have not run out */
  constructor(origin: string, isValid: () => boolean, now: () => number) {
    this.origin = origin;
    this.#isValid = isValid;
    this.pace = new SharedPace(now);
  }

  get requests(): number {
    return this.#isValid() ? this.#cap : 0;
  }

  /** Whether the table has a lease of it. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** How the origin is shared has changed, as the table says. @returns whether fewer requests may start */
  heard(news: OriginNews, { demand }: Use): boolean {
    this.#news = news;
    const most = entitlement(news, demand);
    if (news.claims <= 1 || most >= this.#cap) return false;
    this.#keepTo(most, news);
    return true;
  }

  /**
   * What to ask of the table now. Until the answer, no more requests than `keep` are in flight.
   * @returns undefined for nothing
   */
  next(now: number, { inFlight, demand }: Use): LeaseRequest | undefined {
    if (this.leftAt !== undefined) return this.#nextWithoutRows(now, this.leftAt);
    const ask = (step: LeaseRequest['step']): LeaseRequest => ({
      origin: this.origin,
      keep: Math.max(this.#cap, inFlight),
      demand,
      step,
      isNew: !this.#isTaken,
    });
    const news = this.#news;
    if (!this.#isTaken || this.#isUnsure || news === undefined) return ask('take');
    if (news.limit !== this.#limit) return ask('take');
    if (news.claims <= 1) {
      return this.#granted < news.limit && news.free > 0 ? ask('take') : undefined;
    }
    if (this.#isTurnOver(now, news)) {
      this.#keepTo(0, news);
      this.#restUntil = now + REST;
    }
    if (now < this.#restUntil) return inFlight < this.#granted ? ask('keep') : undefined;
    const most = entitlement(news, demand);
    if (most < this.#cap) this.#keepTo(most, news);
    if (Math.max(most, inFlight) < this.#granted) return ask('keep');
    if (most > this.#granted && news.free > 0) return ask('take');
    return this.#isNews(demand, news) ? ask('take') : undefined;
  }

  /** The table's answer. */
  granted(grant: LeaseGrant, request: LeaseRequest, now: number): void {
    const { share, claims, level, limit } = grant;
    if (this.#granted === 0 || level > 0) this.#since = now;
    this.#isTaken = true;
    this.#isUnsure = false;
    this.#granted = share;
    this.#told = request.demand;
    this.#limit = limit;
    this.#news = grant;
    const most = claims > 1 ? entitlement(grant, request.demand) : share;
    this.#cap = now < this.#restUntil ? 0 : Math.min(share, most);
    this.#setPace(grant, grant.isUsed);
  }

  /** The lease was given back. */
  gone(): void {
    this.#isTaken = false;
    this.#granted = this.#cap = 0;
    this.#news = undefined;
  }

  /** The answer of the table was lost, or the table did not answer: it is asked again. */
  unsure(): void {
    this.#isUnsure = true;
  }

  /** The run's leases had run out. */
  lost(): void {
    this.gone();
    this.pace.set(0, true);
  }

  #nextWithoutRows(now: number, leftAt: number): LeaseRequest | undefined {
    const { origin } = this;
    const isAwaited = (this.#news?.claims ?? 0) > 1;
    if (!this.#isTaken || !(isAwaited || this.#isUnsure || now >= leftAt + LINGER)) {
      return undefined;
    }
    this.#cap = 0;
    return { origin, keep: 0, demand: 0, step: 'leave', isNew: false };
  }

  #keepTo(cap: number, news: OriginNews): void {
    this.#cap = cap;
    this.#setPace(news, true);
  }

  /** As large a part of the rate as the share is of the limit: so the sum of all parts is no more than it. */
  #setPace({ rate, limit }: OriginNews, isUsed: boolean): void {
    this.pace.set(this.#cap === 0 ? 0 : (rate * this.#cap) / limit, isUsed);
  }

  #isTurnOver(now: number, { level, limit, claims }: OriginNews): boolean {
    return level === 0 && claims > limit && this.#cap > 0 && now >= this.#since + TURN;
  }

  /** Whether the demand changes what others may have. */
  #isNews(demand: number, { level }: OriginNews): boolean {
    if (this.#told > level && demand > level) return false;
    return Math.abs(demand - this.#told) >= Math.max(1, this.#told / 4);
  }
}
