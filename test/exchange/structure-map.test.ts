import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent, Bundle, CapabilityStatement, OperationOutcome, StructureMap } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isError } from '../../src/fhir/issue.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const mappings = join(import.meta.dirname, '../../mappings');
const message = readFileSync(join(mappings, 'hl7v2/tests/rich/input.hl7'));
const as = 'gp-de-linde';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const get = (path: string) => gateway.ask('GET', `/fhir/StructureMap${path}`, { as });
const transform = (path: string, body: string | Buffer, contentType?: string, who = as) =>
  gateway.ask('POST', `/fhir/StructureMap${path}`, { as: who, body, ...(contentType ? { contentType } : {}) });

test('the maps of the network are StructureMap resources, found by their canonical', async () => {
  const all = resourceOf<Bundle>(await get(''));
  expect(all.total).toBeGreaterThanOrEqual(4);
  for (const { resource } of all.entry ?? [])
    expect(gateway.running.gateway.validator.validate(resource!).issues.filter(isError), resource?.id).toEqual([]);
  const found = resourceOf<Bundle>(await get('?url=https://mgn.example/fhir/StructureMap/ref-i12'));
  const ids = found.entry?.map(({ resource }) => resource?.id);
  expect([found.total, ids]).toEqual([1, ['ref-i12']]);
  expect(resourceOf<StructureMap>(await get('/ref-i12')).group?.[0]?.name).toBe('Referral');
  expect((await get('/nothing')).status).toBe(404);
  expect(rulesOf(await get('?publisher=x'))).toEqual(['search-parameter-unknown']);
});

/** The ids follow from a seed, which the cases of a map give. */
const withoutIds = (made: unknown): unknown =>
  JSON.parse(JSON.stringify(made).replace(/urn:uuid:[\w-]+/g, 'urn:uuid:'));

test('$transform by id and by canonical gives what the intake would make, in JSON and XML, and keeps nothing', async () => {
  const before = await gateway.store.depth();
  const byId = await transform('/ref-i12/$transform', message, 'application/hl7-v2');
  expect(byId.status, byId.text).toBe(200);
  expect(byId.headers['mgn-findings']).toBe('hl7-time-ignored, code-queued, hl7-value-ignored');
  const expected = JSON.parse(readFileSync(join(mappings, 'hl7v2/tests/rich/expected.json'), 'utf8')) as unknown;
  expect(withoutIds(JSON.parse(byId.text))).toEqual(withoutIds(expected));
  const canonical = '/$transform?source=https://mgn.example/fhir/StructureMap/ref-i12&_format=xml';
  const asXml = await transform(canonical, message, 'application/hl7-v2');
  expect(parseXml(asXml.text)).toEqual(JSON.parse(byId.text));
  expect((await gateway.store.depth()).waiting).toBe(before.waiting);
  const tasks = resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Task', { as }));
  expect(tasks.total).toBe(0);
  const { items } = await gateway.store.audit({ count: 100 });
  const told = items.map(({ text }) => (JSON.parse(text) as AuditEvent).subtype?.[0]?.code);
  expect(told.filter((it) => it === 'transform')).toHaveLength(2);
});

test('$transform lists what the map did not read, of HL7 v2 and of a form', async () => {
  const more = `${message.toString().trimEnd()}\rZZA|1|eigen veld\rDG1|9||P03^Somber^ICPC||||||||||||Ernstig\r`;
  const hl7 = await transform('/ref-i12/$transform', more, 'application/hl7-v2');
  expect(hl7.status, hl7.text).toBe(200);
  expect(hl7.headers['mgn-findings']).toContain('hl7-value-ignored');
  expect(hl7.headers['mgn-unread']).toMatch(/(?:^|, )ZZA\[0\], DG1\[\d\]\.field15$/);
  const typical = readFileSync(join(mappings, 'form/tests/typical/input.json'), 'utf8');
  const form = await transform(
    '/referral-form/$transform',
    JSON.stringify({ ...(JSON.parse(typical) as object), shoeSize: '43' }),
    'application/json',
  );
  expect([form.status, form.headers['mgn-unread']]).toEqual([200, expect.stringContaining('shoeSize')]);
});

test('a form that lacks its person is refused with what its map says', async () => {
  const form = readFileSync(join(mappings, 'form/tests/wrong/input.json'));
  const answer = await transform('/referral-form/$transform', form, 'application/json');
  expect([answer.status, rulesOf(answer)]).toEqual([422, expect.arrayContaining(['referral-patient-missing'])]);
});

const map = (element: string): string => `/// url = 'https://example.org/StructureMap/tried'
/// name = 'Tried'
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Theirs as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Ours as target
group Tried(source src : Theirs, target tgt : Ours) {
  src.${element} -> tgt.birthDate "birth";
}`;
const trying = (srcMap: string): string =>
  JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: 'srcMap', valueString: srcMap },
      { name: 'content', resource: { resourceType: 'Patient', birthDate: '2000-01-01' } },
    ],
  });

test('the operator may try a map of its own: what is wrong with it has file, line, group and rule', async () => {
  const done = await transform('/$transform', trying(map('birthDate')), undefined, 'operator');
  expect(resourceOf(done)).toEqual({ resourceType: 'Patient', birthDate: '2000-01-01' });
  const broken = await transform('/$transform', trying(map('birthdate')), undefined, 'operator');
  expect([broken.status, rulesOf(broken)]).toEqual([422, ['map-element-unknown']]);
  const [issue] = resourceOf<OperationOutcome>(broken).issue;
  expect(issue?.diagnostics).toBe('srcMap:6:3, group Tried, rule birth');
  const other = await transform('/$transform', trying(map('birthDate')));
  expect([other.status, rulesOf(other)]).toEqual([403, ['operator-only']]);
});

test('an installed map is not replaced by one in the request', async () => {
  const answer = await transform('/elz-referral/$transform', trying(map('birthDate')), undefined, 'operator');
  expect([answer.status, rulesOf(answer)]).toEqual([422, ['map-input-type-mismatch']]);
});

test('the CapabilityStatement tells of it', async () => {
  const { rest } = resourceOf<CapabilityStatement>(await gateway.ask('GET', '/fhir/metadata'));
  const told = rest?.[0]?.resource?.find(({ type }) => type === 'StructureMap');
  expect(told?.interaction?.map(({ code }) => code)).toEqual(['read', 'search-type']);
  expect(told?.operation?.map(({ name }) => name)).toContain('transform');
});
