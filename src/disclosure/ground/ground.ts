import type { DataCategory } from '../explicit-consent.ts';
import { dayAt } from '../in-period.ts';
import type { Recipient } from '../recipient.ts';

/** Whether a Consent (toestemming) has to permit, is presumed unless the person objects, or does not matter. */
export type ConsentNeed = 'required' | 'presumed' | 'not-needed';

/** What a legal basis opens to the recipients of one side. */
export type GroundRule = {
  readonly consent: ConsentNeed;
  /** Whether an organisation within care has to be a party to a case to get the whole of it. */
  readonly participation: 'required' | 'not-needed';
  /** Social domain only: the data opened without a Consent. Life domains as `system|code`. */
  readonly data: { readonly categories: ReadonlySet<DataCategory>; readonly lifeDomains: ReadonlySet<string> };
  readonly recipients?: 'municipality';
  /** Whether the consent source outside the gateway has to permit too. */
  readonly isAskedOutside: boolean;
};

export type Side = 'care' | 'social';

/** A legal basis (grondslag) of mappings/grounds.yaml. Days as `YYYY-MM-DD`, both inclusive. */
export type Ground = {
  readonly code: string;
  readonly from?: string;
  readonly until?: string;
  readonly statedBy?: ReadonlySet<Recipient['domain']>;
  readonly within: { readonly [S in Side]?: GroundRule };
};

/** All legal bases of a network, by code. */
export type Grounds = ReadonlyMap<string, Ground>;

export const sideOf = ({ domain }: Pick<Recipient, 'domain'>): Side => (domain === 'social' ? 'social' : 'care');

const inForce = ({ from, until }: Ground, now: Date, timezone: string | undefined): boolean => {
  const day = dayAt(now, timezone);
  return (from === undefined || from <= day) && (until === undefined || day <= until);
};

/** What a legal basis opens to a recipient now; undefined when nothing. */
export function groundRule(
  grounds: Grounds,
  code: string | undefined,
  recipient: Pick<Recipient, 'domain' | 'isMunicipality' | 'timezone'>,
  now: Date,
): GroundRule | undefined {
  const ground = code === undefined ? undefined : grounds.get(code);
  const rule = ground && inForce(ground, now, recipient.timezone) ? ground.within[sideOf(recipient)] : undefined;
  return rule?.recipients === 'municipality' && !recipient.isMunicipality ? undefined : rule;
}

/** Whether the consent source outside is asked about any legal basis. */
export const asksOutside = (grounds: Grounds): boolean =>
  [...grounds.values()].some(({ within }) => within.care?.isAskedOutside || within.social?.isAskedOutside);

/** Codes of the legal bases that open anything to a recipient now, for a finding. */
export const codesFor = (
  grounds: Grounds,
  recipient: Pick<Recipient, 'domain' | 'isMunicipality' | 'timezone'>,
  now: Date,
): readonly string[] => [...grounds.keys()].filter((it) => groundRule(grounds, it, recipient, now) !== undefined);

/** Whether a party of this domain may state a legal basis. One that is not known is refused elsewhere. */
export const mayState = (grounds: Grounds, code: string, domain: Recipient['domain']): boolean =>
  grounds.get(code)?.statedBy?.has(domain) ?? true;
