import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { productFolder } from '../../main/own-validator.ts';
import { directoryOf } from './directory.ts';
import { ownRoutes } from './own-routes.ts';
import { type NetworkPlan, partnerKinds } from './plan.ts';

/** Writes a network that starts: `network/`, and `mappings/` with routes of its own. The folder is new or empty. */
export function writeNetwork(folder: string, plan: NetworkPlan): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty: name a new folder. Nothing was written.`);
  const network = join(folder, 'network');
  mkdirSync(join(network, 'directory'), { recursive: true });
  writeFileSync(join(network, 'network.yaml'), networkFile(plan));
  writeFileSync(join(network, 'partners.yaml'), partnersFile(plan));
  writeFileSync(join(network, 'places.yaml'), placesFile(plan));
  for (const [file, content] of Object.entries(directoryOf(plan)))
    writeFileSync(join(network, 'directory', file), `${JSON.stringify(content, null, 2)}\n`);
  // without the cases: they are about the services of the demo network
  cpSync(join(productFolder, 'mappings'), join(folder, 'mappings'), {
    recursive: true,
    filter: (from) => basename(from) !== 'tests',
  });
  const routes = join(folder, 'mappings', 'routes.yaml');
  writeFileSync(routes, ownRoutes(readFileSync(routes, 'utf8')));
  writeFileSync(join(folder, 'README.md'), readme(plan));
}

const networkFile = ({ name, region, baseUrl }: NetworkPlan): string =>
  `# Written by mgn new-network. Check it with: mgn network check DIR. Every setting: examples/network/network.yaml of the product.
${stringify({
  name,
  region,
  timezone: 'Europe/Amsterdam',
  'base-url': baseUrl,
  organization: 'Organization/network',
  'registration-team': 'HealthcareService/registration-team',
})}
# Waiting times older than this are stale; the norm is the Treeknorm, in weeks.
waiting-times:
  stale-after-days: 45
  longest-weeks: 156
  norm: { intake-weeks: 4, treatment-weeks: 10, total-weeks: 14 }

# Bodies of refused messages are retained this long, encrypted, so that they can be replayed (docs/operate/operations.md).
retention:
  refused-days: 7

terminology-waivers:
  - value-set: http://hl7.org/fhir/ValueSet/mimetypes
    reason: Defined by IETF BCP 13, for which FHIR publishes no list of codes.
  - value-set: http://hl7.org/fhir/ValueSet/all-languages
    reason: Defined by IETF BCP 47, for which FHIR publishes no list of codes.

# Deadlines (docs/operate/watchdog.md).
watchdog:
  every: 60
  order-without-task-hours: 24
  calendar: { good-friday: false, liberation-day: lustrum, closed: [] }
  rules:
    - { id: urgent-not-acknowledged, use-case: [registration, transfer], status: [requested], priority: [urgent, asap, stat], after: { minutes: 30 }, do: escalate, to: registration-team }
    - { id: registration-unanswered, use-case: [registration], status: [requested, received], after: { business-days: 2 }, do: remind, to: owner }
    - { id: registration-silent, use-case: [registration], status: [requested, received], after: { business-days: 4 }, do: escalate, to: registration-team }
    - { id: transfer-silent, use-case: [transfer], status: [requested, received], after: { business-days: 8 }, do: escalate, to: registration-team }
    - { id: social-request-silent, use-case: [social-request], status: [requested, received], after: { business-days: 10 }, do: escalate, to: registration-team }
`;

function partnersFile({ name, partners }: NetworkPlan): string {
  const care = {
    'coordination-task': { 'legal-basis': { care: 'referral-within-care', 'social-domain': 'explicit-consent' } },
  };
  const all = [
    {
      id: 'registration-team',
      name: `Aanmeldteam ${name}`,
      organization: 'Organization/network',
      roles: ['referrer', 'provider'],
      channel: 'inbox',
      ...care,
    },
    {
      id: 'operator',
      name: 'Beheer van de gateway',
      organization: 'Organization/network',
      roles: ['operator'],
      channel: 'inbox',
    },
    ...partners.map(({ id, name: called, kind, address }) => ({
      id,
      name: called,
      organization: `Organization/${id}`,
      roles: [...partnerKinds[kind].roles],
      ...(address ? { channel: 'fhir-rest', address } : { channel: 'inbox' }),
      ...(partnerKinds[kind].domain === 'care' ? care : {}),
    })),
  ];
  return `# Partners with a system. On this computer: mgn token PARTNER --network DIR makes a token. For a network that others reach:
# a login with a key of the partner (docs/operate/login.md). Every setting: examples/network/partners.yaml of the product.
${stringify({ partners: all }, { aliasDuplicateObjects: false })}`;
}

const placesFile = ({ municipalities }: NetworkPlan): string =>
  `# The municipality of each postcode, by the codes of CBS.
${stringify({ municipalities: municipalities.map(({ code, name, postcodes }) => ({ code, name, postcodes })) }, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })}`;

const readme = ({ name, partners }: NetworkPlan): string => `# ${name}

\`\`\`sh
mgn network check .            # every mistake, with its place and remedy
mgn token ${partners[0]?.id ?? 'registration-team'} --network .
mgn serve --network .
\`\`\`

| Folder | Content |
|---|---|
| network/ | name, partners, places, and the directory as FHIR |
| mappings/ | accepted forms, maps, projections, and \`routes.yaml\`: where referrals go |

Before persons who exist: replace the numbers in network/directory that begin with 9997 (KvK, URA), and postcodes and codes where they are
examples; give the network an https address (\`base-url\`), and each partner a login with a key of its own.
`;
