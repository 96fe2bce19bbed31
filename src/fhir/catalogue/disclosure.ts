import type { Rule } from './rule.ts';

export const disclosureRules = {} as const satisfies Record<string, Rule>;
