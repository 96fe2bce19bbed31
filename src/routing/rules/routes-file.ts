import type { Bilingual } from '../../fhir/bilingual.ts';
import type { NamedOwner } from '../facts/named-owner.ts';
import type { RequestedCare } from '../facts/requested-care.ts';
import schema from './routes.schema.json' with { type: 'json' };

/** The JSON Schema of routes.yaml. */
export const routesSchema: object = schema;

type OneOrMore<T> = T | readonly T[];

/** Conditions of a rule. All must hold; a list matches when one of its values does. */
export type When = {
  readonly source?: OneOrMore<'gateway-profile' | 'mapped'>;
  readonly owner?: OneOrMore<NamedOwner['kind']>;
  readonly residence?: OneOrMore<'inside' | 'outside' | 'unknown'>;
  readonly municipality?: OneOrMore<string>;
  readonly referrer?: OneOrMore<'known' | 'person' | 'unknown'>;
  readonly urgent?: boolean;
  readonly complaint?: OneOrMore<'psychological' | 'other' | 'none'>;
  /** In years at the moment of the decision; `from` is inclusive, `below` exclusive. */
  readonly age?: { readonly from?: number; readonly below?: number } | 'unknown';
  /** ISO 639; `not` matches persons known to speak another language. */
  readonly language?: OneOrMore<string> | { readonly not: OneOrMore<string> };
  readonly echelon?: OneOrMore<RequestedCare['echelon']>;
  readonly 'diagnosis-group'?: OneOrMore<string>;
  /** Over the referral Bundle, with the facts as %variables. */
  readonly fhirpath?: OneOrMore<string>;
};
export type TestedFact = Exclude<keyof When, 'fhirpath'>;

/** Criteria for selecting services, and the preference among them. */
export type Choice = {
  /** Codes of mgn-service-type; `asked`: the codes requested by the order. */
  readonly type: OneOrMore<string>;
  /** Only services that list the person's language. */
  readonly 'speaks-language'?: true;
  /** Only services that reported one of these statuses, and not too long ago. */
  readonly capacity?: readonly string[];
  /** Only services that reported a waiting time for the first conversation up to this, and not too long ago. */
  readonly 'longest-intake-weeks'?: number;
  /** Only services within this distance of the centre of the person's postcode, as the crow flies. */
  readonly 'farthest-km'?: number;
  /** In this order. Without a preference, and between services of equal rank, no owner is selected. */
  readonly prefer?: readonly ('nearest' | 'shortest-wait' | 'most-places')[];
};

/**
 * The action of a rule. Only a service that accepts the person is selected: catchment, ages, diagnosis groups,
 * referrers.
 */
export type RuleAction =
  | { readonly owner: 'named' | string | Choice }
  /** Assigned to the team that decides by hand, with these services to choose from, best first. */
  | { readonly candidates: Choice & { readonly 'at-most'?: number } }
  | { readonly ask: 'human' }
  | { readonly refuse: 'owner-unknown' | 'owner-missing' | 'route-refused' };

/** One rule as written in routes.yaml. */
export type RuleText = {
  readonly id: string;
  readonly when?: When;
  readonly then: RuleAction;
  readonly reason: Bilingual;
};

/** routes.yaml as written: ordered rules per use case. */
export type RoutesFile = { readonly routes: Readonly<Record<string, readonly RuleText[]>> };

export const listOf = <T>(value: OneOrMore<T>): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Referring to a human and refusing always decide; a service may not accept the person. */
export const alwaysDecides = (then: RuleAction): boolean => !('owner' in then) && !('candidates' in then);
