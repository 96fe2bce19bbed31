import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { loadNetwork, recipientOf, withAddresses } from '../../src/directory/index.ts';
import { digestOf } from '../../src/fhir/digest.ts';
import { demoNetwork, sound } from '../support/routing/demo-network.ts';

const demo = join(import.meta.dirname, '../../examples/network');

describe('the demo network', () => {
  test('has two municipalities, three practices, four providers, and the social domain', async () => {
    const { directory } = await demoNetwork();
    const ofType = (code: string) =>
      directory.organizations.filter(({ types }) => types.some((it) => it.endsWith(`/mgn-organization-type|${code}`)));
    expect(ofType('municipality')).toHaveLength(2);
    expect(ofType('gp-practice')).toHaveLength(3);
    expect(
      ['mental-health-provider', 'addiction-care-provider', 'independent-practice'].flatMap((it) => ofType(it)),
    ).toHaveLength(4);
    expect(directory.organizations.every(({ member }) => member)).toBe(true);
    expect(directory.municipalityOf('1281 AA')).toBe('9901');
    expect(directory.municipalityOf('1298')).toBe('9902');
    expect(directory.municipalityOf('9999ZZ')).toBeUndefined();
  });

  test('documents the tokens of its partners, and stores none', async () => {
    const network = await demoNetwork();
    const readme = await readFile(join(demo, 'README.md'), 'utf8');
    const documented = new Set([...readme.matchAll(/`(demo-[a-z-]+)`/g)].map(([, token]) => digestOf(token)));
    const stored = [...network.partners.values()].flatMap(({ tokens }) => tokens.map(({ sha256 }) => sha256));
    expect(stored.filter((it) => !documented.has(it))).toEqual([]);
    expect(await readFile(join(demo, 'partners.yaml'), 'utf8')).not.toMatch(/demo-[a-z]/);
  });

  test('finds an organisation by each of its identifiers, and KvK numbers by each of their spellings', async () => {
    const { directory } = await demoNetwork();
    const found = ['http://fhir.nl/fhir/NamingSystem/kvk', 'http://www.kvk.nl/', 'http://kvk.nl'].map(
      (system) => directory.organizationByIdentifier({ system, value: '99990301' })?.reference,
    );
    expect(new Set(found)).toEqual(new Set(['Organization/wijkteam-zonnerveen']));
    expect(directory.organizationByIdentifier({ value: '99990301' })).toBeUndefined();
    expect(directory.service('http://localhost:8080/fhir/HealthcareService/registration-team')?.partner).toBe(
      'registration-team',
    );
    expect(directory.service('Patient/registration-team')).toBeUndefined();
  });

  test('a partner that only operates the gateway is not a recipient', async () => {
    const network = await demoNetwork();
    expect(recipientOf(network, 'operator')).toMatchObject({ references: [], identifiers: [] });
    expect(recipientOf(network, 'registration-team')?.references).toContain('HealthcareService/registration-team');
    expect(recipientOf(network, 'nobody')).toBeUndefined();
  });

  test('can be put on other addresses', async () => {
    const network = await demoNetwork();
    const moved = withAddresses(network, { 'ggz-de-kade': 'http://127.0.0.1:1/fhir' });
    expect(moved.partners.get('ggz-de-kade')?.address).toBe('http://127.0.0.1:1/fhir');
    expect(network.partners.get('ggz-de-kade')?.address).toBeUndefined();
  });

  test('has the lanes of the network and of a partner', async () => {
    const folder = await copied();
    await edit(folder, 'network.yaml', (text) => text.replace('watchdog:', 'delivery: { lanes: 3 }\nwatchdog:'));
    await edit(folder, 'partners.yaml', (text) =>
      text.replace('roles: [operator]', 'roles: [operator]\n    delivery-lanes: 1'),
    );
    const { settings, partners } = sound(await loadNetwork(folder));
    expect([settings.delivery.lanes, partners.get('operator')?.deliveryLanes]).toEqual([3, 1]);
  });

  test('reminds partners of erasures on its own terms, or else on those of the product', async () => {
    const aboutErasures = (rules: readonly { readonly id: string; readonly useCases: readonly string[] }[]) =>
      rules.flatMap(({ id, useCases }) => (useCases.includes('erasure') ? [id] : []));
    const own = await demoNetwork();
    expect(aboutErasures(own.settings.watchdog.rules)).toEqual(['erasure-unanswered', 'erasure-not-completed']);
    const folder = await copied();
    const rule =
      'rules:\n    - { id: mine, use-case: [erasure], status: [requested], after: { business-days: 3 }, from: created, do: remind, to: owner }';
    await edit(folder, 'network.yaml', (text) => text.replace(/(?<=\nwatchdog:[\s\S]*?)rules:/, rule));
    expect(aboutErasures(sound(await loadNetwork(folder)).settings.watchdog.rules)).toEqual(['mine']);
  });

  test('has a digest that changes with its content only', async () => {
    const folder = await copied();
    await edit(folder, 'network.yaml', (text) => `# a comment\n${text}`);
    const { digest, directory } = await demoNetwork();
    expect(sound(await loadNetwork(folder)).digest).toBe(digest);
    await edit(folder, 'network.yaml', (text) => text.replace('depth: 64', 'depth: 63'));
    const changed = sound(await loadNetwork(folder));
    expect(changed.digest).not.toBe(digest);
    expect(changed.directory.digest).toBe(directory.digest);
  });
});

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function copied(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'network-'));
  folders.push(folder);
  await cp(demo, folder, { recursive: true });
  return folder;
}

async function edit(folder: string, file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(join(folder, file), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing to change in ${file}`);
  await writeFile(join(folder, file), after);
}

type Edit = readonly [file: string, from: string | RegExp, to: string];

describe('a mistake in a network is reported with its place, and the network refused as a whole', () => {
  /** What is found, each with the text that stands at its line and column. */
  const broken = async (...edits: readonly Edit[]): Promise<string[]> => {
    const folder = await copied();
    for (const [file, from, to] of edits) await edit(folder, file, (text) => text.replace(from, to));
    const loaded = await loadNetwork(folder);
    if (loaded.ok) throw new Error('it was loaded');
    const [[file] = ['']] = edits;
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
    return loaded.issues.map(({ rule, line, column }) => {
      const text = line === undefined ? '' : (lines[line - 1]?.slice((column ?? 1) - 1) ?? '');
      return `${rule} ${text}`.trim();
    });
  };

  const partners = 'partners.yaml';
  test.each<[string, Edit, string[]]>([
    [
      'an unknown key',
      ['network.yaml', 'timezone:', 'time-zone:'],
      ['config-key-missing #', 'config-key-unknown time-zone:'],
    ],
    [
      'a time for 404 beyond its bounds',
      ['network.yaml', 'watchdog:', 'delivery: { not-found-hours: 73 }\nwatchdog:'],
      ['config-value-invalid not-found-hours: 73'],
    ],
    [
      'no lanes at all',
      ['network.yaml', 'watchdog:', 'delivery: { lanes: 0 }\nwatchdog:'],
      ['config-value-invalid lanes: 0'],
    ],
    [
      'more lanes than a partner may have',
      [partners, 'roles: [operator]', 'roles: [operator]\n    delivery-lanes: 65'],
      ['config-value-invalid delivery-lanes: 65'],
    ],
    [
      'dead letters for a service that does not exist',
      ['network.yaml', 'watchdog:', 'delivery: { dead-letters-to: HealthcareService/nobody }\nwatchdog:'],
      ['config-reference-unresolved dead-letters-to: HealthcareService/nobody'],
    ],
    ['a limit that is no number', ['network.yaml', '5242880', 'five'], ['config-value-invalid body-bytes: five']],
    [
      'every origin allowed to use the API in a browser',
      ['network.yaml', 'limits:', "cors: { origins: ['*'] }\nlimits:"],
      ["config-value-invalid '*'] }"],
    ],
    [
      'an origin with a path',
      ['network.yaml', 'limits:', 'cors: { origins: [https://app.example/] }\nlimits:'],
      ['config-value-invalid https://app.example/] }'],
    ],
    [
      'a registration team that is not there',
      ['network.yaml', 'HealthcareService/registration-team', 'HealthcareService/nobody'],
      ['config-reference-unresolved registration-team:'],
    ],
    ['a role that does not exist', [partners, '[referrer]', '[referer]'], ['config-value-invalid referer]']],
    ['a token in clear', [partners, /sha256: [0-9a-f]{64}/, 'sha256: secret'], ['config-value-invalid sha256: secret']],
    [
      'a date that is none',
      [partners, '2036-01-01T00:00:00Z', 'next year'],
      ['config-value-invalid expires: next year'],
    ],
    ['a partner twice', [partners, 'id: gp-veenzicht', 'id: gp-de-linde'], ['config-duplicate id: gp-de-linde']],
    [
      'an organisation that is not there',
      [partners, 'Organization/gp-veenzicht', 'Organization/nobody'],
      ['config-reference-unresolved organization: Organization/nobody'],
    ],
    [
      'a partner that cannot be reached',
      [partners, /(id: sociaal-werk-lissenmond\n(?:.*\n)*?.*channel: )inbox/, '$1fhir-rest'],
      ['partner-endpoint-missing id: sociaal-werk-lissenmond'],
    ],
    [
      'a time zone that does not exist',
      ['network.yaml', 'Europe/Amsterdam', 'Europa/Amsterdm'],
      ['config-value-invalid timezone: Europa/Amsterdm'],
    ],
    [
      'an address that is not a URL',
      [partners, /\n {4}address: from-directory/, '\n    address: http://partner.example:99999/fhir'],
      ['config-value-invalid address: http://partner.example:99999/fhir'],
    ],
    [
      'a partner on another machine without TLS',
      [partners, /\n {4}address: from-directory/, '\n    address: http://partner.example/fhir'],
      ['address-without-tls address: http://partner.example/fhir'],
    ],
    [
      'notifications to another machine without TLS',
      [partners, /(id: gp-de-linde\n)/, '$1    notification-endpoints: [http://partner.example/n]\n'],
      ['address-without-tls http://partner.example/n'],
    ],
    [
      'an Endpoint of the directory without TLS',
      ['directory/endpoints.json', '"address": "https://', '"address": "http://'],
      ['address-without-tls'],
    ],
    [
      'a terminology server without TLS',
      ['network.yaml', 'limits:', 'terminology: { url: http://tx.example/r4 }\nlimits:'],
      ['address-without-tls url: http://tx.example/r4'],
    ],
    [
      'a limit of all bodies below the limit of one',
      ['network.yaml', 'all-bodies-bytes: 67108864', 'all-bodies-bytes: 4096'],
      ['config-value-invalid all-bodies-bytes: 4096'],
    ],
    ['a postcode in two municipalities', ['places.yaml', '1291-1298', '1289-1298'], ['config-duplicate 1289-1298']],
    [
      'a range that ends before it starts',
      ['places.yaml', '1281-1289', '1289-1281'],
      ['config-value-invalid 1289-1281'],
    ],
    ['YAML that is none', ['places.yaml', 'municipalities:', 'municipalities: ['], ['config-syntax']],
    ['JSON that is none', ['directory/locations.json', '{', '{{'], ['config-syntax {']],
    [
      'an organisation without domain',
      ['directory/organizations.json', '/StructureDefinition/mgn-domain', '/StructureDefinition/another'],
      ['directory-incomplete'],
    ],
    [
      'a reference to nothing',
      ['directory/services.json', '"Location/gp-de-linde"', '"Location/nowhere"'],
      ['config-reference-unresolved'],
    ],
    [
      'a resource twice',
      ['directory/locations.json', '"id": "gp-veenzicht"', '"id": "gp-de-linde"'],
      ['config-duplicate'],
    ],
  ])('%s', async (_, change, expected) => {
    const found = await broken(change);
    const untold = expected.filter((one) => !found.some((it) => it.startsWith(one)));
    expect(untold, `found: ${found.join(', ')}`).toEqual([]);
  });

  test('an address without TLS is accepted on loopback, and on a host that the network names', async () => {
    const folder = await copied();
    await edit(folder, partners, (text) =>
      text
        .replace('\n    address: from-directory', '\n    address: http://127.0.0.1:9/fhir')
        .replace('\n    address: from-directory', '\n    address: http://inside.example/fhir'),
    );
    await edit(
      folder,
      'network.yaml',
      (text) => `${text}\nplain-http: [{ host: inside.example, reason: A tunnel of the region. }]\n`,
    );
    expect((await loadNetwork(folder)).issues).toEqual([]);
  });

  test('a private address stops the start outside the demo, unless it is named; a demo has its partners on loopback only', async () => {
    const found = async (address: string, more = '') => {
      const folder = await copied();
      await edit(folder, partners, (text) =>
        text.replace('\n    address: from-directory', `\n    address: ${address}`),
      );
      await edit(folder, 'network.yaml', (text) => `${text}\n${more}`.replace(/base-url: \S+/, `base-url: ${base}`));
      return (await loadNetwork(folder)).issues.map(({ rule }) => rule);
    };
    let base = 'https://gateway.example/fhir';
    for (const address of ['https://10.0.0.4/fhir', 'https://localhost/fhir', 'https://[fd00::4]/fhir'])
      expect(await found(address)).toEqual(['address-private']);
    expect(await found('http://127.0.0.1:9/fhir')).toEqual(['address-without-tls']);
    const named = 'private-addresses: [{ host: 10.0.0.0/29, reason: The region reaches it by VPN. }]';
    expect(await found('https://10.0.0.4/fhir', named)).toEqual([]);
    expect(await found('https://10.0.0.9/fhir', named)).toEqual(['address-private']);
    expect(await found('https://a.example', named.replace('/29', '/99'))).toEqual(['config-value-invalid']);
    expect(await found('https://a.example', 'trusted-proxies: ["10.0.0.0/40"]')).toEqual(['config-value-invalid']);
    base = 'http://localhost:8080/fhir';
    expect(await found('http://127.0.0.1:9/fhir')).toEqual([]);
    expect(await found('https://10.0.0.4/fhir')).toEqual(['address-private']);
  });

  test('a partner whose tokens have all expired is a warning with its place, and the network starts', async () => {
    const folder = await copied();
    await edit(folder, partners, (text) => text.replace('2036-01-01', '2026-01-01'));
    const loaded = await loadNetwork(folder, new Date('2026-11-30T12:00:00Z'));
    expect(loaded.ok).toBe(true);
    expect(loaded.issues).toMatchObject([{ rule: 'partner-tokens-expired', severity: 'warning' }]);
    expect(loaded.issues[0]?.line).toBeGreaterThan(1);
    expect((await loadNetwork(folder, new Date('2025-06-01T12:00:00Z'))).issues).toEqual([]);
  });

  test('a partner whose organisation is no member any more', async () => {
    const affiliation = /"id": "ggz-de-kade",\s+"active": true/;
    const folder = await copied();
    await edit(folder, 'directory/affiliations.json', (text) =>
      text.replace(affiliation, '"id": "ggz-de-kade", "active": false'),
    );
    const loaded = await loadNetwork(folder);
    expect(loaded.issues.map(({ rule }) => rule)).toEqual(['directory-affiliation-missing']);
  });

  test('a file that is missing', async () => {
    const folder = await copied();
    await rm(join(folder, 'places.yaml'));
    const loaded = await loadNetwork(folder);
    expect(loaded.issues.map(({ rule }) => rule)).toEqual(['config-unreadable']);
  });

  test('mistakes in several files are reported at once', async () => {
    const found = await broken(
      ['network.yaml', '5242880', 'five'],
      [partners, '[referrer]', '[referer]'],
      ['places.yaml', '"9901"', '9901'],
    );
    expect(found).toHaveLength(3);
  });
});

describe('the table of postcode centres', () => {
  const withTable = async (text: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'mgn-centres-'));
    try {
      await cp(demo, folder, { recursive: true });
      await writeFile(join(folder, 'postcode-centres.csv'), text);
      const loaded = await loadNetwork(folder);
      return loaded.ok ? loaded.value : loaded.issues.map(({ rule, line }) => `${rule} ${line}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  test('locates services, and is part of the digest', async () => {
    const { directory } = await demoNetwork();
    expect(directory.service('HealthcareService/basic-ggz-de-kade')?.position).toEqual(directory.centreOf('1291EF'));
    const moved = await withTable('postcode;latitude;longitude\n1291;52.1;5.1\n');
    if (Array.isArray(moved)) throw new Error(moved.join());
    expect(moved.directory.centreOf('1291')).toEqual({ latitude: 52.1, longitude: 5.1 });
    expect(moved.directory.centreOf('1281')).toBeUndefined();
    expect(moved.directory.digest).not.toBe(directory.digest);
  });

  test('is refused with the line of every mistake', async () => {
    const text = [
      'postcode,latitude,longitude',
      '# a remark',
      '1281;52,6;5.2',
      '1282;91;5.2',
      '0123;52.6;5.2',
      '1283;52.6;5.2',
      '1283;52.6;5.2',
      '1284;52.6;5.2;more',
    ].join('\n');
    expect(await withTable(text)).toEqual([
      'config-value-invalid 1',
      'config-value-invalid 3',
      'config-value-invalid 4',
      'config-value-invalid 5',
      'config-duplicate 7',
      'config-value-invalid 8',
    ]);
  });
});
