import type { Rule } from './rule.ts';

/** What can be wrong before there is a resource: text, JSON, XML. */
export const parseRules = {
  'json-syntax': {
    category: 'malformed',
    type: 'structure',
    severity: 'fatal',
    fault: 'sender',
    en: 'This is not JSON: {problem}. Send one complete JSON document in UTF-8.',
    nl: 'Dit is geen JSON: {problem}. Stuur één volledig JSON-document in UTF-8.',
  },
} as const satisfies Record<string, Rule>;
