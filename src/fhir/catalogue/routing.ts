import type { Rule } from './rule.ts';

export const routingRules = {} as const satisfies Record<string, Rule>;
