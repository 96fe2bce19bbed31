import { InvalidArgumentError } from 'commander';

/** What a network is made of, as its maker states it. */
export type NetworkPlan = {
  readonly name: string;
  readonly region: string;
  readonly baseUrl: string;
  readonly municipalities: readonly PlannedMunicipality[];
  readonly teams: readonly PlannedTeam[];
  readonly partners: readonly PlannedPartner[];
};

export type PlannedMunicipality = {
  readonly name: string;
  readonly code: string;
  readonly postcodes: readonly string[];
};
/** A team that conducts the exploratory conversations (verkennend gesprek) of a municipality. */
export type PlannedTeam = { readonly municipality: string; readonly name: string };
export type PlannedPartner = {
  readonly id: string;
  readonly kind: PartnerKind;
  readonly name: string;
  /** FHIR base of its system; absent: it reads its Tasks at the gateway. */
  readonly address?: string;
};

/** Kinds of partners, with their organisation and service in the directory. */
export const partnerKinds = {
  gp: { type: 'gp-practice', domain: 'care', roles: ['referrer'], service: 'gp-mental-health' },
  ggz: { type: 'mental-health-provider', domain: 'care', roles: ['referrer', 'provider'], service: 'basic-ggz' },
  'specialist-ggz': {
    type: 'mental-health-provider',
    domain: 'care',
    roles: ['referrer', 'provider'],
    service: 'specialist-ggz',
  },
  addiction: {
    type: 'addiction-care-provider',
    domain: 'care',
    roles: ['referrer', 'provider'],
    service: 'addiction-care',
  },
  'social-work': {
    type: 'social-work',
    domain: 'social',
    roles: ['referrer', 'social-domain'],
    service: 'social-work',
  },
  'neighbourhood-team': {
    type: 'neighbourhood-team',
    domain: 'social',
    roles: ['referrer', 'social-domain'],
    service: 'social-work',
  },
  'peer-support': { type: 'self-help-initiative', domain: 'social', roles: ['social-domain'], service: 'peer-support' },
} as const;
export type PartnerKind = keyof typeof partnerKinds;

const wrong = (text: string) => new InvalidArgumentError(text);

/** Of files that people read on a terminal: no escape sequence, and nothing that ends a line. */
export function plainText(text: string): string {
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text))
    throw wrong('A name has a control character, such as an escape or the end of a line: remove it.');
  return text;
}

/** `Utrecht=0344:3511-3585,3594`: name, code of CBS, postcodes. */
export function municipalityIn(
  text: string,
  before: readonly PlannedMunicipality[] = [],
): readonly PlannedMunicipality[] {
  const [, name, code, postcodes] = /^([^=]+)=([0-9]{4}):([0-9, -]+)$/.exec(plainText(text).trim()) ?? [];
  const list = (postcodes ?? '').split(',').map((it) => it.trim());
  if (!name || !code || !list.every((it) => /^[1-9][0-9]{3}(-[1-9][0-9]{3})?$/.test(it)))
    throw wrong('Use a name, the four digits of CBS and postcodes: "Utrecht=0344:3511-3585,3594".');
  if (before.some((it) => it.code === code)) throw wrong(`Two municipalities have the code ${code}.`);
  return [...before, { name: name.trim(), code, postcodes: list }];
}

/** `Utrecht=Team Oost`: a municipality, and who conducts its conversations. */
export function teamIn(text: string, before: readonly PlannedTeam[] = []): readonly PlannedTeam[] {
  const [, municipality, name] = /^([^=]+)=(.+)$/.exec(plainText(text).trim()) ?? [];
  if (!municipality || !name) throw wrong('Use a municipality and the name of its team: "Utrecht=Team Oost".');
  return [...before, { municipality: municipality.trim(), name: name.trim() }];
}

/** `gp-de-brug=gp:Huisartsen De Brug`, with `@https://...` at the end when its system has an address. */
export function partnerIn(text: string, before: readonly PlannedPartner[] = []): readonly PlannedPartner[] {
  const [, id, kind, name, address] =
    /^([a-z0-9][a-z0-9-]{0,62})=([a-z-]+):([^@]+?)(?:@(https?:\/\/[^\s?#]+))?$/.exec(plainText(text).trim()) ?? [];
  if (!id || !kind || !name || !Object.hasOwn(partnerKinds, kind))
    throw wrong(
      `Use an id, a kind and a name: "gp-de-brug=gp:Huisartsen De Brug". Kinds: ${Object.keys(partnerKinds).join(', ')}.`,
    );
  if (['registration-team', 'operator', 'network', ...before.map((it) => it.id)].includes(id))
    throw wrong(`The id ${id} is taken.`);
  return [...before, { id, kind: kind as PartnerKind, name: name.trim(), ...(address ? { address } : {}) }];
}

/** A name as an id: `Súdwest-Fryslân` becomes `sudwest-fryslan`. */
export const idOf = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40) || 'network';
