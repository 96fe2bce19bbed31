import type { Bilingual } from './decision.ts';
import type { NamedOwner } from './named-owner.ts';
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
  /** Over the referral Bundle, with the facts as %variables. */
  readonly fhirpath?: OneOrMore<string>;
};
export type TestedFact = Exclude<keyof When, 'fhirpath'>;

/** What a rule does; a service is only chosen when its catchment and its accepted referrers take the person. */
export type Then =
  | { readonly owner: 'named' | string | { readonly type: string } }
  | { readonly ask: 'human' }
  | { readonly refuse: 'owner-unknown' | 'owner-missing' | 'route-refused' };

/** One rule of routes.yaml as it stands. */
export type RuleText = {
  readonly id: string;
  readonly when?: When;
  readonly then: Then;
  readonly reason: Bilingual;
};

/** routes.yaml as it stands: ordered rules for each use case. */
export type RoutesFile = { readonly routes: Readonly<Record<string, readonly RuleText[]>> };

export const listOf = <T>(value: OneOrMore<T>): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Asking a human and refusing always end the search; a service may turn out not to take the person. */
export const alwaysDecides = (then: Then): boolean => !('owner' in then);
