import { RowRequests } from '../../src/engine/row-requests.ts';
import type { Item } from '../../src/model/item.ts';
import type { Validators } from '../../src/model/response.ts';
import { ITEM, type Script, Stage } from './stage.ts';

/** A row's requests on a stage of their own, under way. */
export function start(script: Script = {}, row: Partial<Item> = {}, known?: Validators) {
  const stage = new Stage(script);
  const { log, requests, run, draft } = stage;
  const item = { ...ITEM, ...row };
  const rowRequests = new RowRequests(item, run);
  const whole = stage.admitted().then((permit) => rowRequests.untilWhole(draft, known, permit));
  // It is awaited later; until then its failure is no unhandled one.
  whole.catch(() => {});
  return { stage, log, requests, rowRequests, whole };
}
