import { OriginDownError } from '../../src/model/failure.ts';
import type { Admitted } from '../../src/schedule/admitted-rows.ts';
import type { Permit } from '../../src/schedule/permit.ts';

/** The permit that a row was admitted with. @throws Error when it was admitted without one */
export function permitOf(admitted: Admitted<unknown> | undefined): Permit {
  const admission = admitted?.admission;
  if (admission === undefined || admission instanceof OriginDownError) {
    throw new Error('a row without a permit', { cause: admission });
  }
  return admission;
}
