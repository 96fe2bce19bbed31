import type { Rule } from './rule.ts';

export const workflowRules = {} as const satisfies Record<string, Rule>;
