import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueOfReason } from '../../src/delivery/reason.ts';
import { loadNetwork } from '../../src/directory/index.ts';
import { partnerShapeIssues } from '../../src/exchange/disclose/shape.ts';
import { deliveryRules } from '../../src/fhir/catalogue/delivery.ts';
import { demoNetwork } from '../../src/main.ts';
import { callbackSecrets } from '../../src/zgw/index.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { rulesOf, startGateway } from '../support/test-gateway.ts';
import { startMunicipality } from '../support/zgw/municipality.ts';
import { catalogue, socialRequest, withMunicipality } from '../support/zgw/network.ts';

/** `channel` and `shape` of a partner: every mistake is reported when configured, with its place and remedy. */
const types = 'https://zaken.zonnerveen.example/catalogi/api/v1';
const zgw = `channel: zgw
    zgw:
      zaken: https://zaken.zonnerveen.example/zaken/api/v1/
      documenten: https://zaken.zonnerveen.example/documenten/api/v1
      client-id: mgn-gateway
      secret-from: ZONNERVEEN_SECRET
      callback-secret-from: ZONNERVEEN_CALLBACK
      rsin: '999990019'
      zaaktypen:
        - url: ${types}/zaaktypen/1
          statuses:
            - { statustype: ${types}/statustypen/1, task: accepted }
          results:
            - { resultaattype: ${types}/resultaattypen/1, task: rejected, reason: not-eligible }`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'network-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function loaded(text: string, partner = 'wijkteam-zonnerveen') {
  await cp(demoNetwork, folder, { recursive: true });
  const path = join(folder, 'partners.yaml');
  const [before = '', after = ''] = (await readFile(path, 'utf8')).split(`- id: ${partner}\n`);
  const own = after.replace(/channel: (?:fhir-rest\n {4}address: from-directory|inbox)/, text);
  await writeFile(path, `${before}- id: ${partner}\n${own}`);
  const lines = (await readFile(path, 'utf8')).split('\n');
  const network = await loadNetwork(folder);
  const found = network.issues.map(({ rule, line, column }) =>
    `${rule} ${line === undefined ? '' : (lines[line - 1]?.slice((column ?? 1) - 1) ?? '')}`.trim(),
  );
  return { network, found };
}

test('a municipality as it is configured', async () => {
  const { network, found } = await loaded(zgw);
  expect(found).toEqual([]);
  const partner = network.ok ? network.value.partners.get('wijkteam-zonnerveen') : undefined;
  expect(partner).toMatchObject({
    channel: 'zgw',
    deliveryTokenFrom: 'ZONNERVEEN_SECRET',
    callbackSecretFrom: 'ZONNERVEEN_CALLBACK',
    destination: {
      zaken: 'https://zaken.zonnerveen.example/zaken/api/v1',
      register: 'step-by-step',
      numbering: 'gateway',
      catchUpMinutes: 60,
    },
  });
});

describe('a mistake', () => {
  test.each([
    ['no settings', 'channel: zgw', 'config-key-missing id: wijkteam-zonnerveen'],
    ['settings of another channel', zgw.replace('channel: zgw', 'channel: inbox'), 'config-value-invalid zgw:'],
    ['an unknown channel', 'channel: fax', 'config-value-invalid channel: fax'],
    [
      'a plain address',
      zgw.replace('https://zaken.zonnerveen.example/zaken', 'http://zaken.zonnerveen.example/zaken'),
      'address-without-tls zaken: http://',
    ],
    [
      'a private address',
      zgw.replace('zaken.zonnerveen.example/documenten', '10.1.2.3/documenten'),
      'address-private documenten: https://10.1.2.3',
    ],
    ['no RSIN', zgw.replace('999990019', '999990018'), "config-value-invalid rsin: '999990018'"],
    [
      'a status twice',
      zgw.replace('results:', `  - { statustype: ${types}/statustypen/1, task: completed }\n          results:`),
      'config-duplicate { statustype',
    ],
    ['a rejection without a code', zgw.replace(', reason: not-eligible', ''), 'config-value-invalid'],
    [
      'a rejection with a code of somebody else',
      zgw.replace('not-eligible', 'no-time'),
      'config-value-invalid reason: no-time',
    ],
    ['an unknown move', zgw.replace('task: accepted', 'task: paused'), 'config-value-invalid task: paused'],
    [
      'zaak_registreren without a first status',
      zgw.replace('rsin:', 'register: all-in-one\n      rsin:'),
      'config-value-invalid',
    ],
  ])('%s', async (_, text, expected) => {
    const { found } = await loaded(text);
    expect(
      found.some((it) => it.startsWith(expected)),
      found.join('\n'),
    ).toBe(true);
  });

  test('a partner in care, which no case reaches', async () => {
    const { found } = await loaded(zgw, 'ggz-de-kade');
    expect(found).toEqual(['partner-channel-unsuitable channel: zgw']);
  });

  test('a shape that does not exist, or that the channel cannot send', async () => {
    const { network, outgoing } = await demoConfiguration();
    const withShape = (id: string, shape: string) => {
      const partner = network.partners.get(id)!;
      return partnerShapeIssues({ partners: new Map([[id, { ...partner, shape }]]) }, outgoing).map(({ rule }) => rule);
    };
    expect(withShape('ggz-de-kade', 'ggz-ehr')).toEqual([]);
    expect(withShape('ggz-de-kade', 'letter')).toEqual(['partner-shape-unknown']);
    expect(withShape('ggz-de-kade', 'municipality-zgw')).toEqual(['partner-shape-unsuitable']);
    expect(withShape('operator', 'ggz-ehr')).toEqual(['partner-shape-unsuitable']);
  });

  test('a secret of notifications that is missing or could be guessed stops the start, without its text', async () => {
    const { network } = await loaded(zgw);
    if (!network.ok) throw new Error('not loaded');
    for (const secret of [undefined, '', 'short'])
      expect(() => callbackSecrets(network.value, { ZONNERVEEN_CALLBACK: secret })).toThrow(
        /^ZONNERVEEN_CALLBACK \(secret of the notifications of partner wijkteam-zonnerveen\)/,
      );
  });
});

test('a request for a service without a row in the table of the map is refused with the reason, and nothing is stored', async () => {
  const municipality = await startMunicipality(catalogue);
  const gateway = await startGateway({
    configure: (it) => {
      const configured = withMunicipality(municipality)(it);
      const { outgoing } = configured;
      const failing = { run: () => ({ issues: [{ severity: 'error', rule: 'code-unmapped' }] }) };
      const shapes = new Map([
        ['municipality-zgw', { ...outgoing.shapes.get('municipality-zgw')!, map: failing as never }],
      ]);
      return { ...configured, outgoing: { ...outgoing, shapes } };
    },
  });
  try {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: socialRequest });
    expect([answer.status, ...rulesOf(answer)]).toEqual([500, 'outgoing-shape-failed']);
    await gateway.running.delivery.idle();
    expect(municipality.zaken).toEqual([]);
  } finally {
    await gateway.stop();
    await municipality.close();
  }
});

test('each reason of a delivery to a municipality has a text with its remedy', () => {
  for (const rule of Object.keys(deliveryRules).filter((it) => it.startsWith('zgw-')))
    expect(issueOfReason(rule)?.rule).toBe(rule);
});
