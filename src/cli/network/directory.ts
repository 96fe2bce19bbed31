import { mgnCodeSystem, mgnNaming, mgnProfile } from '../../fhir/canonical.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { idOf, type NetworkPlan, partnerKinds } from './plan.ts';

type Json = Readonly<Record<string, unknown>>;

/** Organisations that may send to a service of care, by their type. */
const referrers = [
  ...['gp-practice', 'mental-health-provider', 'independent-practice', 'addiction-care-provider'],
  ...['municipality', 'neighbourhood-team', 'social-work', 'self-help-initiative'],
];

const { kvk, ura } = identifierSystems;
const coded = (system: string, code: string) => ({ coding: [{ system: mgnCodeSystem(system), code }] });
const profile = (name: string) => ({ meta: { profile: [mgnProfile(name)] } });

/** A number that no organisation has: the maker of the network replaces it. */
const fictive = (n: number): string => String(99_970_000 + n);

/** The directory of a network: five files of FHIR resources, by their names. */
export function directoryOf(plan: NetworkPlan): Readonly<Record<string, Json>> {
  const codes = plan.municipalities.map(({ code }) => code);
  const own = { id: 'network', name: plan.name, type: 'mental-health-network', domain: 'network', n: 1 };
  const towns = plan.municipalities.map(({ name, code }, n) => ({
    id: `municipality-${idOf(name)}`,
    name: `Gemeente ${name}`,
    type: 'municipality',
    domain: 'social',
    n: 10 + n,
    code,
  }));
  const members = plan.partners.map(({ id, name, kind }, n) => ({
    id,
    name,
    type: partnerKinds[kind].type as string,
    domain: partnerKinds[kind].domain as string,
    n: 100 + n,
  }));
  const all: readonly Party[] = [own, ...towns, ...members];
  const teams = plan.municipalities.map(({ name, code }) => {
    const named = plan.teams.find((it) => it.municipality === name)?.name ?? `Verkennend gesprek ${name}`;
    return serviceOf(plan, own, {
      id: `conversation-${idOf(name)}`,
      name: named,
      type: 'exploratory-conversation',
      codes: [code],
    });
  });
  return {
    'organizations.json': bundleOf(plan, all.map(organizationOf)),
    'locations.json': bundleOf(plan, all.map(locationOf)),
    'endpoints.json': bundleOf(plan, []),
    'affiliations.json': bundleOf(
      plan,
      [...towns, ...members].map((it) => affiliationOf(own, it)),
    ),
    'services.json': bundleOf(plan, [
      serviceOf(plan, own, { id: 'registration-team', name: `Aanmeldteam ${plan.region}`, type: 'registration' }),
      ...teams,
      serviceOf(plan, own, { id: 'case-consultation', name: `Casusoverleg ${plan.region}`, type: 'case-consultation' }),
      ...plan.partners.map(({ id, name, kind }) =>
        serviceOf(
          plan,
          { id, name, type: '', domain: '', n: members.find((it) => it.id === id)?.n ?? 0 },
          {
            id: `service-${id}`,
            name,
            type: partnerKinds[kind].service,
            codes,
          },
        ),
      ),
    ]),
  };
}

type Party = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly n: number;
  readonly code?: string;
};

const bundleOf = (plan: NetworkPlan, resources: readonly Json[]): Json => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({
    fullUrl: `${plan.baseUrl}/${resource.resourceType}/${resource.id}`,
    resource,
  })),
});

const organizationOf = ({ id, name, type, domain, n, code }: Party): Json => ({
  resourceType: 'Organization',
  id,
  ...profile('organization'),
  extension: [{ url: mgnProfile('domain'), valueCodeableConcept: coded('domain', domain) }],
  identifier: [
    ...(domain === 'care' ? [{ use: 'official', system: ura, value: fictive(n) }] : []),
    { use: 'official', system: kvk, value: fictive(n) },
    ...(code ? [{ use: 'official', system: mgnNaming('municipality'), value: code }] : []),
  ],
  active: true,
  type: [coded('organization-type', type)],
  name,
});

const locationOf = ({ id, name }: Party): Json => ({
  resourceType: 'Location',
  id,
  ...profile('location'),
  status: 'active',
  name,
  mode: 'instance',
  managingOrganization: { reference: `Organization/${id}`, display: name },
});

const affiliationOf = (own: Party, { id, name }: Party): Json => ({
  resourceType: 'OrganizationAffiliation',
  id,
  active: true,
  organization: { reference: `Organization/${own.id}`, display: own.name },
  participatingOrganization: { reference: `Organization/${id}`, display: name },
  code: [{ coding: [{ system: 'http://hl7.org/fhir/organization-role', code: 'member' }] }],
});

type Service = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly codes?: readonly string[];
};

function serviceOf(plan: NetworkPlan, by: Party, { id, name, type, codes = [] }: Service): Json {
  const extension = codes.length
    ? [
        ...referrers.map((it) => ({
          url: mgnProfile('accepted-referrer'),
          valueCodeableConcept: coded('organization-type', it),
        })),
        {
          url: mgnProfile('catchment'),
          extension: codes.map((value) => ({
            url: 'municipality',
            valueIdentifier: { system: mgnNaming('municipality'), value },
          })),
        },
      ]
    : undefined;
  return {
    resourceType: 'HealthcareService',
    id,
    ...profile('healthcare-service'),
    ...(extension ? { extension } : {}),
    identifier: [
      {
        use: 'official',
        system: `https://${idOf(plan.region)}.example/healthcareservice`,
        value: id,
        assigner: {
          identifier: {
            type: {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'custodian' },
              ],
            },
            system: kvk,
            value: fictive(by.n),
          },
          display: by.name,
        },
      },
    ],
    active: true,
    providedBy: { reference: `Organization/${by.id}`, display: by.name },
    type: [coded('service-type', type)],
    location: [{ reference: `Location/${by.id}` }],
    name,
  };
}
