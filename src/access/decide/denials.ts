import type { ActionName, DenialCode } from './question.ts';
import { instances, moves, ofOrder, operations, readings } from './rule.ts';

/** How a refusal is answered: the first that applies. What may not be read is not found. */
export const denials: readonly { readonly actions: readonly ActionName[]; readonly code: DenialCode }[] = [
  { actions: [...operations, 'disclosures'], code: 'operator-only' },
  { actions: ['evaluate-measure'], code: 'measure-members-only' },
  { actions: ['act'], code: 'person-may-not-act' },
  { actions: ['break-glass'], code: 'emergency-forbidden' },
  { actions: ['send'], code: 'role-forbidden' },
  { actions: moves, code: 'move-forbidden' },
  { actions: ['hold'], code: 'right-ended' },
  { actions: [...instances, ...readings, ...ofOrder, 'see-envelope', 'see-issues'], code: 'not-found' },
];
