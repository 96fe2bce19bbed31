import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ZgwSettings } from '../../../src/delivery/channel/zgw/settings.ts';
import type { Configuration } from '../../../src/main.ts';
import type { Municipality } from './municipality.ts';
import type { Catalogue } from './register.ts';

const root = 'https://zaken.zonnerveen.example/catalogi/api/v1';
const type = (kind: string, number: number): string =>
  `${root}/${kind}/0d6c2a6e-0000-4000-8000-0000000000${String(number).padStart(2, '0')}`;

/** Statuses and results of the zaaktype of Zonnerveen. */
export const statuses = {
  registered: type('statustypen', 10),
  accepted: type('statustypen', 11),
  working: type('statustypen', 12),
  waiting: type('statustypen', 13),
  closed: type('statustypen', 14),
  withdrawn: type('statustypen', 15),
  unknown: type('statustypen', 16),
};
export const results = {
  helped: type('resultaattypen', 20),
  refused: type('resultaattypen', 21),
  withdrawn: type('resultaattypen', 22),
};

/** What the table of mappings/out/municipality-zgw names. */
export const catalogue: Catalogue = {
  rsin: '999990019',
  zaaktype: type('zaaktypen', 1),
  roltypen: [type('roltypen', 2), type('roltypen', 3)],
  eigenschappen: [type('eigenschappen', 4), type('eigenschappen', 5)],
  informatieobjecttype: type('informatieobjecttypen', 6),
  statustypen: Object.entries(statuses).map(([name, url]) => ({
    url,
    isEnd: name === 'closed' || name === 'withdrawn',
  })),
  resultaattypen: Object.values(results),
};

export const settingsFor = ({ origin }: Municipality, more: Partial<ZgwSettings> = {}): ZgwSettings => ({
  kind: 'zgw',
  zaken: `${origin}/zaken/api/v1`,
  documenten: `${origin}/documenten/api/v1`,
  notificaties: `${origin}/notificaties/api/v1`,
  clientId: 'mgn-gateway',
  rsin: catalogue.rsin,
  register: 'step-by-step',
  numbering: 'gateway',
  catchUpMinutes: 60,
  zaaktypen: [
    {
      url: catalogue.zaaktype,
      first: statuses.registered,
      statuses: {
        [statuses.registered]: { task: 'received' },
        [statuses.accepted]: { task: 'accepted' },
        [statuses.working]: { task: 'in-progress' },
        [statuses.waiting]: { task: 'unchanged' },
        [statuses.closed]: { task: 'completed' },
      },
      results: {
        [results.helped]: { task: 'completed' },
        [results.refused]: { task: 'rejected', reason: 'not-eligible' },
      },
      withdrawn: { statustype: statuses.withdrawn, resultaattype: results.withdrawn },
    },
  ],
  ...more,
});

export const secretName = 'TEST_ZGW_SECRET';
export const callbackName = 'TEST_ZGW_CALLBACK_SECRET';

/** The demo network with its neighbourhood team behind a case system. Sets the environment variables of its secrets. */
export const withMunicipality =
  (municipality: Municipality, more: Partial<ZgwSettings> = {}, port?: number) =>
  (configured: Configuration): Configuration => {
    process.env[secretName] = municipality.secret;
    process.env[callbackName] = 'a-secret-of-32-characters-for-callbacks';
    const partners = new Map(configured.network.partners);
    const id = 'wijkteam-zonnerveen';
    partners.set(id, {
      ...partners.get(id)!,
      channel: 'zgw',
      destination: settingsFor(municipality, more),
      deliveryTokenFrom: secretName,
      callbackSecretFrom: callbackName,
    });
    const { settings: own } = configured.network;
    // where the municipality calls back
    const settings = port === undefined ? own : { ...own, baseUrl: `http://127.0.0.1:${port}/fhir` };
    return { ...configured, network: { ...configured.network, partners, settings } };
  };

export const socialRequest = readFileSync(
  join(import.meta.dirname, '../../../examples/messages/060-social-request/input.json'),
);
