import type { Rule } from './rule.ts';

export const deliveryRules = {} as const satisfies Record<string, Rule>;
