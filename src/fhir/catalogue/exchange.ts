import type { Rule } from './rule.ts';

export const exchangeRules = {} as const satisfies Record<string, Rule>;
