import type { Rule } from './rule.ts';

export const validationRules = {} as const satisfies Record<string, Rule>;
