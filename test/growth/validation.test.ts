import { beforeAll, describe, test } from 'vitest';
import { openOwnValidator } from '../../src/main/own-validator.ts';
import type { Validator } from '../../src/validation/index.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { expectProportion } from '../support/growth.ts';

/** The time of $validate grows in proportion to a list, whatever definition or message has the list. */

type Made = (count: number) => object;
const list = <T>(count: number, item: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));
/** Trees of this depth. */
const depth = 20;
const nest = <T extends object>(count: number, key: string, item: (name: string) => T): object[] =>
  list(count / depth, (tree) =>
    list(depth, (level) => item(`n${tree}-${level}`)).reduceRight((below, it) => ({
      ...it,
      [key]: [below],
    })),
  );

const definition = { resourceType: 'StructureDefinition', url: 'http://example.org/x', name: 'X', status: 'draft' };
const profile = {
  ...definition,
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
};
const root = { id: 'Patient', path: 'Patient', min: 0, max: '*', definition: 'x' };
const slices = (count: number) => [
  root,
  ...list(count, (at) => ({ id: `Patient.extension:e${at}`, path: 'Patient.extension', sliceName: `e${at}` })),
];
const elements = (count: number) => [root, ...list(count, (at) => ({ id: `Patient.e${at}`, path: `Patient.e${at}` }))];
const named = (resourceType: string) => ({ resourceType, url: 'http://example.org/x', name: 'X', status: 'draft' });
const entries = (count: number, resource: (at: number) => object) =>
  list(count, (at) => ({ fullUrl: `http://example.org/fhir/Observation/o${at}`, resource: resource(at) }));
const observation = (count: number) => (at: number) => ({
  resourceType: 'Observation',
  id: `o${at}`,
  status: 'final',
  code: { text: 'x' },
  derivedFrom: [{ reference: `Observation/o${(at + 1) % count}` }],
});

const kinds: Readonly<Record<string, Made>> = {
  'elements of a snapshot': (count) => ({ ...profile, snapshot: { element: elements(count) } }),
  'elements of a differential': (count) => ({ ...profile, differential: { element: elements(count) } }),
  'slices of a differential': (count) => ({ ...profile, differential: { element: slices(count) } }),
  'slices of a snapshot': (count) => ({ ...profile, snapshot: { element: slices(count) } }),
  'concepts of a CodeSystem': (count) => ({
    ...named('CodeSystem'),
    content: 'complete',
    concept: list(count, (at) => ({ code: `c${at}` })),
  }),
  'nested concepts of a CodeSystem': (count) => ({
    ...named('CodeSystem'),
    content: 'complete',
    concept: nest(count, 'concept', (code) => ({ code })),
  }),
  'concepts of a ValueSet': (count) => ({
    ...named('ValueSet'),
    compose: { include: [{ system: 'http://example.org/cs', concept: list(count, (at) => ({ code: `c${at}` })) }] },
  }),
  'an expansion of a ValueSet': (count) => ({
    ...named('ValueSet'),
    expansion: { timestamp: '2026-01-01', contains: nest(count, 'contains', (code) => ({ code })) },
  }),
  'items of a Questionnaire': (count) => ({
    ...named('Questionnaire'),
    item: list(count, (at) => ({
      linkId: `l${at}`,
      type: 'string',
      ...(at ? { enableWhen: [{ question: `l${at - 1}`, operator: '=', answerString: 'x' }] } : {}),
    })),
  }),
  'nested items of a Questionnaire': (count) => ({
    ...named('Questionnaire'),
    item: nest(count, 'item', (linkId) => ({ linkId, type: 'group' })),
  }),
  'answers of a QuestionnaireResponse': (count) => ({
    resourceType: 'QuestionnaireResponse',
    questionnaire: 'https://mgn.example/fhir/Questionnaire/verkennend-gesprek',
    status: 'completed',
    item: list(count, (at) => ({ linkId: at % 2 ? 'strength' : 'question', answer: [{ valueString: `x${at}` }] })),
  }),
  'rules of a StructureMap': (count) => ({
    ...named('StructureMap'),
    group: [
      {
        name: 'g',
        typeMode: 'none',
        input: [{ name: 'a', mode: 'source' }],
        rule: list(count, (at) => ({ name: `r${at}`, source: [{ context: 'a' }] })),
      },
    ],
  }),
  'Bundles of a Bundle': (count) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: entries(count, () => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: { resourceType: 'Patient' } }],
    })),
  }),
  'entries of a document': (count) => ({
    resourceType: 'Bundle',
    type: 'document',
    entry: entries(count, observation(count)),
  }),
  'contained resources': (count) => ({
    resourceType: 'Patient',
    contained: list(count, (at) => ({ resourceType: 'Organization', id: `o${at}`, name: 'x' })),
    generalPractitioner: list(count, (at) => ({ reference: `#o${at}` })),
  }),
  'unknown extensions': (count) => ({
    resourceType: 'Patient',
    extension: list(count, (at) => ({ url: `http://example.org/e${at}`, valueString: 'x' })),
  }),
};

/** Definitions of this length, and what is checked against them. */
const pairs: Readonly<Record<string, (count: number) => { readonly definition: object; readonly checked: object }>> = {
  'answers of a choice among as many options': (count) => ({
    definition: {
      resourceType: 'Questionnaire',
      url: 'urn:mgn:many',
      status: 'active',
      item: [
        {
          linkId: 'a',
          type: 'choice',
          repeats: true,
          answerOption: list(count, (at) => ({ valueCoding: { system: 'urn:x', code: `c${at}` } })),
        },
      ],
    },
    checked: {
      resourceType: 'QuestionnaireResponse',
      status: 'completed',
      questionnaire: 'urn:mgn:many',
      item: [
        {
          linkId: 'a',
          answer: list(count, (at) => ({ valueCoding: { system: 'urn:x', code: `c${count - 1 - at}` } })),
        },
      ],
    },
  }),
  'groups of a MeasureReport': (count) => ({
    definition: {
      resourceType: 'Measure',
      url: 'urn:mgn:many',
      status: 'active',
      group: list(count, (at) => ({ code: { text: `g${at}` } })),
    },
    checked: {
      resourceType: 'MeasureReport',
      status: 'complete',
      type: 'summary',
      measure: 'urn:mgn:many',
      period: { start: '2026' },
      group: list(count, (at) => ({ code: { text: `g${count - 1 - at}` } })),
    },
  }),
};

let validator: Validator;
beforeAll(async () => {
  validator = await openOwnValidator();
}, 60_000);

describe('the CPU time grows in proportion to the list', () => {
  test.each(Object.entries(kinds))('%s', (_, make) => {
    const made = new Map<number, object>();
    return expectProportion(async (count) => {
      const resource = made.get(count) ?? make(count);
      made.set(count, resource);
      return (await cpuTimeOf(() => validator.validate(resource))).milliseconds;
    });
  });

  test.each(Object.entries(pairs))('%s', (_, make) =>
    expectProportion(async (count) => {
      const { definition, checked } = make(count);
      const own = validator.with([definition] as never[]);
      return (await cpuTimeOf(() => own.validate(checked))).milliseconds;
    }),
  );
});
