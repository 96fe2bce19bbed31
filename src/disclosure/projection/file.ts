import type { Bilingual } from '../../fhir/bilingual.ts';
import schema from './projection.schema.json' with { type: 'json' };

/** The JSON Schema of a file of mappings/projections. */
export const projectionSchema: object = schema;

/** Kinds of recipient, one row of files each. */
export const recipientKinds = ['gp', 'ggz', 'social-domain', 'person', 'network'] as const;
export type RecipientKind = (typeof recipientKinds)[number];

/**
 * `candidate`: before anybody was chosen; `selected`: it carries out, follows or takes part; `after-closing`: a Task that
 * ended without being carried out.
 */
export const phases = ['candidate', 'selected', 'after-closing'] as const;
export type Phase = (typeof phases)[number];

/**
 * What a projection is for. `own-task`: a Task that the recipient carries out; `followed-task`: one that it sent. The
 * others are purposes of disclosure (`Purpose`).
 */
export const messageNames = [
  'solicitation',
  'invitation',
  'referral',
  'social-request',
  'own-task',
  'followed-task',
  'feedback',
  'consultation',
  'consultation-extract',
  'answer',
  'appointment',
] as const;
export type MessageName = (typeof messageNames)[number];

type Names = string | readonly string[];

/** A line as written: it allows or withholds element paths, and says why. */
export type LineText = {
  readonly allow?: Names;
  readonly withhold?: Names;
  /** Form of the value (forms.ts); absent for an element whose parts have lines of their own. */
  readonly as?: string;
  /** Condition on the disclosure or the value (conditions.ts). */
  readonly when?: string;
  /** Withholds only values that meet this condition. */
  readonly where?: string;
  /** Parts without which the element is withheld. */
  readonly needs?: readonly string[];
  readonly 'needs-one-of'?: readonly string[];
  readonly why: Bilingual;
};

export type SameAs = { readonly recipient?: RecipientKind; readonly message?: string };

export type TypeText = {
  readonly why: Bilingual;
  readonly only?: string;
  readonly 'same-as'?: SameAs;
  readonly lines?: readonly LineText[];
};

export type MessageText = {
  readonly why: Bilingual;
  readonly 'same-as'?: SameAs;
  /** The message whose lines hold for resources within a resource; absent: this one. */
  readonly within?: SameAs;
  readonly whole?: readonly { readonly types: readonly string[]; readonly only?: string; readonly why: Bilingual }[];
  readonly resources?: Readonly<Record<string, TypeText>>;
};

/** A file as written. */
export type ProjectionFile = {
  readonly recipient: RecipientKind;
  readonly phase: Phase;
  readonly summary: Bilingual;
  readonly everywhere?: { readonly resource?: readonly LineText[]; readonly element?: readonly LineText[] };
  readonly messages: Readonly<Partial<Record<MessageName, MessageText>>>;
};

export const namesOf = (it: Names | undefined): readonly string[] =>
  it === undefined ? [] : typeof it === 'string' ? [it] : it;
