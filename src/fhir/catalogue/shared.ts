import type { Rule } from './rule.ts';

/** What most rules have in common: the category, who has to act, how severe it is, and often FHIR's issue type. */
export const invalid = { category: 'invalid', severity: 'error', fault: 'sender' } as const satisfies Partial<Rule>;
export const forbidden = {
  category: 'forbidden',
  severity: 'error',
  fault: 'sender',
  type: 'forbidden',
} as const satisfies Partial<Rule>;
export const conflict = {
  category: 'conflict',
  severity: 'error',
  fault: 'sender',
  type: 'conflict',
} as const satisfies Partial<Rule>;
export const malformed = { category: 'malformed', severity: 'error', fault: 'sender' } as const satisfies Partial<Rule>;
export const unreadable = {
  category: 'malformed',
  severity: 'fatal',
  fault: 'sender',
  type: 'structure',
} as const satisfies Partial<Rule>;
export const tooLarge = {
  category: 'too-large',
  severity: 'error',
  fault: 'sender',
  type: 'too-costly',
} as const satisfies Partial<Rule>;
export const unsupportedMedia = {
  category: 'unsupported-media',
  severity: 'error',
  fault: 'sender',
  type: 'not-supported',
} as const satisfies Partial<Rule>;
export const warning = { category: 'invalid', severity: 'warning', fault: 'sender' } as const satisfies Partial<Rule>;
export const information = {
  category: 'invalid',
  severity: 'information',
  fault: 'sender',
  type: 'informational',
} as const satisfies Partial<Rule>;
/** A mistake in the network's own files, or in the gateway: its operator has to act. */
export const inConfiguration = {
  category: 'internal',
  severity: 'error',
  fault: 'gateway',
} as const satisfies Partial<Rule>;
/** A mistake in a map: its author has to act. */
export const inMap = { category: 'invalid', severity: 'error', fault: 'gateway' } as const satisfies Partial<Rule>;
/** What the mapping language permits, and an author seldom means. */
export const inMapWarning = {
  category: 'invalid',
  severity: 'warning',
  fault: 'gateway',
} as const satisfies Partial<Rule>;
export const gatewayTransient = {
  category: 'transient',
  severity: 'error',
  fault: 'gateway',
  type: 'transient',
} as const satisfies Partial<Rule>;
export const receiverTransient = {
  category: 'transient',
  severity: 'warning',
  fault: 'receiver',
  type: 'transient',
} as const satisfies Partial<Rule>;
