/**
 * Time of one evaluation of common invariants and paths, ours and @medplum/core's, taken in turns in one process.
 * Run as `node test/bench/fhirpath.ts`.
 */
import { evalFhirPathTyped, parseFhirPath, type TypedValue, toTypedValue } from '@medplum/core';
import { compile } from '../../src/fhirpath/index.ts';

const patient = {
  resourceType: 'Patient',
  id: 'bench',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Test Proefpersoon</div>' },
  extension: [{ url: 'https://example.org/life-domain', valueCode: 'work' }],
  identifier: [
    {
      system: 'http://fhir.nl/fhir/NamingSystem/bsn',
      value: '999990019',
      period: { start: '2001-05-06', end: '2021-05-06' },
    },
    { system: 'https://example.org/numbers', value: '12345' },
  ],
  active: true,
  name: [
    {
      use: 'official',
      family: 'Proefpersoon',
      given: ['Test', 'Tweede'],
      _family: { extension: [{ url: 'https://example.org/own-name', valueString: 'Proefpersoon' }] },
    },
    { use: 'usual', given: ['Tessie'], period: { start: '2001', end: '2014-03' } },
  ],
  telecom: [
    { system: 'phone', value: '+31 6 00000000', use: 'mobile', rank: 1 },
    { system: 'email', value: 'test@example.org' },
  ],
  gender: 'female',
  birthDate: '1974-12-25',
  deceasedBoolean: false,
  address: [
    { use: 'home', line: ['Teststraat 1'], city: 'Proefstad', postalCode: '1234 AB', period: { start: '1974-12-25' } },
  ],
  contact: [
    {
      relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0131', code: 'N' }] }],
      name: { family: 'Voorbeeld' },
    },
  ],
  generalPractitioner: [{ reference: 'Practitioner/1', display: 'Huisarts' }],
  managingOrganization: { reference: 'Organization/1' },
};

const bundle = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: Array.from({ length: 50 }, (_, at) => ({
    fullUrl: `urn:uuid:${at}`,
    resource: { ...patient, id: String(at) },
  })),
};

type Run = readonly [label: string, type: string, focus: unknown, expression: string];
const runs: readonly Run[] = [
  ['ele-1', 'HumanName', patient.name[0], 'hasValue() or (children().count() > id.count())'],
  ['ext-1', 'Extension', patient.extension[0], 'extension.exists() != value.exists()'],
  [
    'per-1',
    'Period',
    patient.identifier[0]?.period,
    'start.hasValue().not() or end.hasValue().not() or (start <= end)',
  ],
  [
    'ref-1',
    'Reference',
    patient.managingOrganization,
    "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))",
  ],
  ['cpt-2', 'ContactPoint', patient.telecom[0], 'value.empty() or system.exists()'],
  [
    'pat-1',
    'Patient.contact',
    patient.contact[0],
    'name.exists() or telecom.exists() or address.exists() or organization.exists()',
  ],
  ['dom-2', 'Patient', patient, 'contained.contained.empty()'],
  ['dom-4', 'Patient', patient, 'contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()'],
  ['dom-6', 'Patient', patient, 'text.`div`.exists()'],
  ['org-2', 'Address', patient.address[0], "where(use = 'home').empty()"],
  ['names', 'Patient', patient, 'Patient.name.given'],
  ['official', 'Patient', patient, "name.where(use = 'official').family"],
  [
    'bsn',
    'Patient',
    patient,
    "identifier.where(system = 'http://fhir.nl/fhir/NamingSystem/bsn').value.matches('^[0-9]{9}$')",
  ],
  ['adult', 'Patient', patient, 'birthDate <= @2008-03-02'],
  ['bdl-1', 'Bundle', bundle, "total.empty() or (type = 'searchset') or (type = 'history')"],
  [
    'bdl-3',
    'Bundle',
    bundle,
    "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))",
  ],
  [
    'bdl-7',
    'Bundle',
    bundle,
    "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()",
  ],
  ['patients', 'Bundle', bundle, 'entry.resource.ofType(Patient).name.family'],
  ['all below', 'Bundle', bundle, 'descendants().count()'],
];

/** Nanoseconds a call, the best of several rounds taken in turns. */
function race(one: () => unknown, other: () => unknown): [number, number] {
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const counts = [one, other].map((run) => {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < 30) {
      run();
      count += 1;
    }
    return Math.max(1, count);
  });
  for (let round = 0; round < 5; round += 1) {
    for (const [at, run] of [one, other].entries()) {
      const count = counts[at] as number;
      const start = performance.now();
      for (let call = 0; call < count; call += 1) run();
      best[at as 0 | 1] = Math.min(best[at as 0 | 1], ((performance.now() - start) * 1e6) / count);
    }
  }
  return best;
}

const rows = runs.map(([label, type, focus, expression]) => {
  const ours = compile(expression, { type });
  const atom = parseFhirPath(expression);
  const context =
    type.includes('.') || !('resourceType' in (focus as object)) ? { type, value: focus } : toTypedValue(focus);
  const resource = toTypedValue(type === 'Bundle' ? bundle : patient);
  const variables: Record<string, TypedValue> = { '%resource': resource, '%rootResource': resource };
  const environment = { resource: resource.value, rootResource: resource.value };
  const [one, other] = [() => ours(focus, environment), () => evalFhirPathTyped(atom, [context], variables)];
  const agree = JSON.stringify(one()) === JSON.stringify(other().map(({ value }) => value));
  const [mine, theirs] = race(one, other);
  return { label, mine, theirs, ratio: theirs / mine, agree };
});

console.log('expression    ours ns   @medplum/core ns   ratio');
for (const { label, mine, theirs, ratio, agree } of rows) {
  const told = agree ? ratio.toFixed(1) : 'another answer';
  console.log(`${label.padEnd(10)}${mine.toFixed(0).padStart(11)}${theirs.toFixed(0).padStart(19)}${told.padStart(8)}`);
}
const ratios = rows.filter(({ agree }) => agree).map(({ ratio }) => ratio);
console.log(`median ratio ${(ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0).toFixed(1)}`);
