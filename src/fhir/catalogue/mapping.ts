import type { Rule } from './rule.ts';

export const mappingRules = {} as const satisfies Record<string, Rule>;
