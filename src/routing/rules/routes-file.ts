import type { Bilingual } from '../../fhir/bilingual.ts';
import type { NamedOwner } from '../facts/named-owner.ts';
import type { RequestedCare } from '../facts/requested-care.ts';
import schema from './routes.schema.json' with { type: 'json' };

/** The JSON Schema of routes.yaml. */
export const routesSchema: object = schema;

type OneOrMore<T> = T | readonly T[];

/** Conditions of a rule: all must hold; of several values of one fact, one. */
export type When = {
  readonly source?: OneOrMore<'gateway-profile' | 'mapped'>;
  readonly owner?: OneOrMore<NamedOwner['kind']>;
  readonly residence?: OneOrMore<'inside' | 'outside' | 'unknown'>;
  readonly municipality?: OneOrMore<string>;
  readonly referrer?: OneOrMore<'known' | 'person' | 'unknown'>;
  readonly urgent?: boolean;
  readonly complaint?: OneOrMore<'psychological' | 'other' | 'none'>;
  /** In years at the moment of the decision: from inclusive, below exclusive. */
  readonly age?: { readonly from?: number; readonly below?: number } | 'unknown';
  /** ISO 639; `not` is for who is known to speak another one. */
  readonly language?: OneOrMore<string> | { readonly not: OneOrMore<string> };
  readonly echelon?: OneOrMore<RequestedCare['echelon']>;
  readonly 'diagnosis-group'?: OneOrMore<string>;
  /** Over the referral Bundle, with the facts as %variables. */
  readonly fhirpath?: OneOrMore<string>;
};
export type TestedFact = Exclude<keyof When, 'fhirpath'>;

/** Which services a rule looks at, which of them it keeps, and what makes one the better. */
export type Choice = {
  /** Codes of mgn-service-type; `asked`: those that the order asks for. */
  readonly type: OneOrMore<string>;
  /** Only who tells that it speaks the person's language. */
  readonly 'speaks-language'?: true;
  /** Only who told so, not too long ago. */
  readonly capacity?: readonly string[];
  /** Only who told a wait for the first conversation of no more than this, not too long ago. */
  readonly 'longest-intake-weeks'?: number;
  /** Only who is no farther from the centre of the person's postcode, as the crow flies. */
  readonly 'farthest-km'?: number;
  /** In this order; without it, and where nothing makes one the better, no owner is chosen of several. */
  readonly prefer?: readonly ('nearest' | 'shortest-wait' | 'most-places')[];
};

/** What a rule does; a service is only chosen when it takes the person: catchment, ages, diagnosis groups, referrers. */
export type RuleAction =
  | { readonly owner: 'named' | string | Choice }
  /** The team that decides by hand gets it, with these services to choose from, the best first. */
  | { readonly candidates: Choice & { readonly 'at-most'?: number } }
  | { readonly ask: 'human' }
  | { readonly refuse: 'owner-unknown' | 'owner-missing' | 'route-refused' };

/** One rule of routes.yaml as it stands. */
export type RuleText = {
  readonly id: string;
  readonly when?: When;
  readonly then: RuleAction;
  readonly reason: Bilingual;
};

/** routes.yaml as it stands: ordered rules for each use case. */
export type RoutesFile = { readonly routes: Readonly<Record<string, readonly RuleText[]>> };

export const listOf = <T>(value: OneOrMore<T>): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Asking a human and refusing always end the search; a service may turn out not to take the person. */
export const alwaysDecides = (then: RuleAction): boolean => !('owner' in then) && !('candidates' in then);
