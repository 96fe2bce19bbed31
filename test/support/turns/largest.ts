/** The largest requests that the gateway accepts, by endpoint: of each what makes it long in another way. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeXml } from '../../../src/fhir/xml.ts';
import { aboutAnother } from '../other-person.ts';
import type { Answered, Ask } from '../test-gateway.ts';

export type Large = {
  readonly name: string;
  readonly send: (ask: Ask) => Promise<Answered>;
};

const examples = join(import.meta.dirname, '../../../examples/messages');
const textOf = (name: string, file: string): string => readFileSync(join(examples, name, file), 'utf8');
const jsonOf = (name: string) => JSON.parse(textOf(name, 'input.json'));
const list = <T>(count: number, item: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));

/** Text that looks like a letter: lines of words. Characters. */
export const letter = (characters: number): string =>
  'Mevrouw kwam op het spreekuur, en vertelde.\n'.repeat(characters / 44);
const megabyte = 1_000_000;

type Sent = { readonly path: string; readonly as?: string; readonly contentType?: string; readonly body: string };
const post =
  ({ path, as = 'gp-de-linde', ...sent }: Sent) =>
  (ask: Ask): Promise<Answered> =>
    ask('POST', path, { as, ...aboutAnother({ ...sent }) });

export const bundleOf = (count: number, more: (at: number) => object = () => ({})): object => {
  const sent = jsonOf('001-referral-as-collection');
  const patient = sent.entry.find(
    (it: { resource: { resourceType: string } }) => it.resource.resourceType === 'Patient',
  );
  const entries = list(count, (at) => ({
    fullUrl: `urn:uuid:${randomUUID()}`,
    resource: {
      resourceType: 'Condition',
      code: { text: `x${at}` },
      subject: { reference: patient.fullUrl },
      ...more(at),
    },
  }));
  return { ...sent, entry: [...sent.entry, ...entries] };
};
const bundle = (count: number, more?: (at: number) => object): string => JSON.stringify(bundleOf(count, more));
/** Of a text FHIR allows 1 MB: a longer one is several, of as many Conditions. */
const notes = (characters: number): string =>
  bundle(Math.ceil(characters / megabyte), () => ({ note: [{ text: letter(Math.min(characters, megabyte)) }] }));
/** A document in Base64. */
const attachment = (characters: number): string =>
  bundle(1, () => ({
    resourceType: 'DocumentReference',
    status: 'current',
    content: [{ attachment: { contentType: 'application/pdf', data: 'QUJDREVG'.repeat(characters / 8) } }],
  }));
const narrative = (characters: number): object => ({
  resourceType: 'Patient',
  text: {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml">${'<p>Een alinea.</p>'.repeat(characters / 18)}</div>`,
  },
});

const form = (more: object): string => JSON.stringify({ ...jsonOf('127-referral-form'), ...more });
const hl7 = (count: number, segment: (at: number) => string): string =>
  [textOf('120-ref-i12', 'input.hl7').trimEnd(), ...list(count, segment)].join('\r');
const inJson = { contentType: 'application/json' };
const inHl7 = { contentType: 'x-application/hl7-v2+er7; charset=utf-8' };
const complaints = (count: number) => ({ complaint: list(count, (at) => ({ icpc: 'P03', text: `klacht ${at}` })) });

const fhir = '/fhir';
const intake = '/intake/referral';
const transform = '/fhir/StructureMap/referral-form/$transform';

export const largest: readonly Large[] = [
  { name: 'a message, Bundle of 2,500 entries', send: post({ path: fhir, body: bundle(2_500) }) },
  {
    name: 'the same in XML',
    send: post({ path: fhir, contentType: 'application/fhir+xml', body: writeXml(bundleOf(2_500) as never) }),
  },
  { name: 'a message, notes of 4.8 MB', send: post({ path: fhir, body: notes(4.8 * megabyte) }) },
  { name: 'a message, a document of 4.8 MB', send: post({ path: fhir, body: attachment(4.8 * megabyte) }) },
  {
    name: 'a message, one note of 4.8 MB, refused',
    send: post({ path: fhir, body: bundle(1, () => ({ note: [{ text: letter(4.8 * megabyte) }] })) }),
  },
  { name: '$validate, 3,000 values', send: post({ path: '/fhir/$validate', body: bundle(360) }) },
  { name: '$validate, 45,000 values', send: post({ path: '/fhir/$validate', body: bundle(5_500) }) },
  {
    name: '$validate, notes of 4.8 MB',
    send: post({ path: '/fhir/$validate', body: notes(4.8 * megabyte) }),
  },
  {
    name: '$validate, a narrative of 4.8 MB',
    send: post({ path: '/fhir/$validate', body: JSON.stringify(narrative(4.8 * megabyte)) }),
  },
  { name: '$explain, Bundle of 2,500 entries', send: post({ path: '/fhir/$explain', body: bundle(2_500) }) },
  {
    name: '$project, Bundle of 2,500 entries',
    send: post({ path: '/fhir/$project?recipient=registration-team', body: bundle(2_500) }),
  },
  {
    name: 'a form, 2,500 complaints',
    send: post({ path: intake, ...inJson, body: form(complaints(2_500)) }),
  },
  {
    name: 'a form, a text of 4.8 MB',
    send: post({ path: intake, ...inJson, body: form({ complaint: [{ icpc: 'P03', text: letter(4.8 * megabyte) }] }) }),
  },
  {
    name: 'HL7 v2, 2,500 segments',
    send: post({ path: intake, ...inHl7, body: hl7(2_500, (at) => `DG1|${at + 2}||P03^Down/depressief gevoel^ICPC`) }),
  },
  {
    name: 'HL7 v2, a note of 4.8 MB',
    send: post({
      path: intake,
      ...inHl7,
      body: hl7(1, () => `NTE|2||${letter(4.8 * megabyte).replaceAll('\n', ' ')}`),
    }),
  },
  {
    name: '$transform, a form of 2,500 complaints',
    send: post({ path: transform, ...inJson, body: form(complaints(2_500)) }),
  },
  {
    name: '$transform, a form with a text of 4.8 MB',
    send: post({
      path: transform,
      ...inJson,
      body: form({ complaint: [{ icpc: 'P03', text: letter(4.8 * megabyte) }] }),
    }),
  },
  {
    name: 'a message that is no JSON, 4.8 MB',
    send: post({ path: fhir, body: `${notes(4.8 * megabyte)}}` }),
  },
  { name: 'a message of 60,000 values, refused', send: post({ path: fhir, body: bundle(7_500) }) },
  {
    name: 'a message with 2,500 findings, refused',
    send: post({ path: fhir, body: bundle(2_500, () => ({ unknown: 'x' })) }),
  },
];

/** What is asked of a store with many messages. */
export const lists: readonly Large[] = [
  ['a search of Tasks, 1,000 with their orders', 'GET', '/fhir/Task?_count=1000&_include=Task:focus', 'gp-de-linde'],
  ['healthcare services of the directory', 'GET', '/fhir/HealthcareService?_count=1000', 'gp-de-linde'],
  ['capabilities', 'GET', '/fhir/metadata', 'gp-de-linde'],
  ['/admin/messages', 'GET', '/admin/messages?count=500', 'operator'],
  ['/admin/failures', 'GET', '/admin/failures', 'operator'],
  ['/admin/partners', 'GET', '/admin/partners', 'operator'],
  ['/dead-letters', 'GET', '/dead-letters', 'operator'],
  ['/messages, page', 'GET', '/messages', 'operator'],
  ['/inbox, page', 'GET', '/inbox', 'registration-team'],
  ['/workbench, page', 'GET', '/workbench', 'gp-de-linde'],
  ['/metrics', 'GET', '/metrics', 'operator'],
  ['silent Tasks', 'GET', '/fhir/Task/$silent', 'operator'],
].map(([name, method, path, as]) => ({
  name: name!,
  send: (ask: Ask) => ask(method as 'GET', path!, { as: as! }),
}));
