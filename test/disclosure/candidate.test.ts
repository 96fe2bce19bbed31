import type { Bundle, Task } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { candidateTask, disclose, type Recipient } from '../../src/disclosure/index.ts';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { grounds } from '../support/disclosure/grounds.ts';
import { projectionsFor } from '../support/disclosure/projections.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';

/** What a candidate learns: codes from an allow-list. Everything that is words or a person is marked, and looked for. */
const now = new Date('2026-11-22T10:00:00Z');
const requester = { reference: 'Organization/network-veen-en-mond' };
const candidate: Recipient = {
  partner: 'keerpunt-verslavingszorg',
  domain: 'care',
  references: ['HealthcareService/addiction-care-keerpunt'],
  identifiers: [],
  projections: projectionsFor('care'),
};

/** Elements whose text is a code, an address or a moment; every other string is somebody's words. */
const kept = new Set([
  ...['resourceType', 'id', 'fullUrl', 'url', 'system', 'code', 'status', 'intent', 'priority', 'reference', 'type'],
  ...['authoredOn', 'birthDate', 'profile', 'use', 'gender'],
]);

function marked(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return kept.has(name) ? value : 'MARKED';
  if (Array.isArray(value)) return value.map((it) => marked(it, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, marked(it, key)]));
}

const asked = (): Bundle => marked(transferOf(['addiction-care-keerpunt'])) as Bundle;
const taskIn = ({ entry = [] }: Bundle): Task =>
  entry.flatMap(({ resource }) => (resource?.resourceType === 'Task' ? [resource] : []))[0]!;
const view = (graph: Bundle, more: Partial<Task> = {}) => {
  const task = { ...taskIn(graph), ...more };
  return candidateTask(graph, task, { municipality: '9901', requester, now, projections: projectionsFor('care') });
};
const inputs = ({ input = [] }: Task) =>
  input.map(
    ({ type, valueCodeableConcept: it }) => `${type.coding?.[0]?.code} ${it?.coding?.map(({ code }) => code).join()}`,
  );

describe('what a candidate learns', () => {
  test('holds nobody’s words, and leads to no person', () => {
    const { identifier, ...task } = view(asked(), {
      description: 'MARKED',
      note: [{ text: 'MARKED' }],
      for: { reference: 'Patient/MARKED' },
      encounter: { reference: 'Encounter/MARKED' },
      reasonCode: { text: 'MARKED' },
      input: [{ type: { text: 'MARKED' }, valueString: 'MARKED' }],
      output: [{ type: { text: 'MARKED' }, valueString: 'MARKED' }],
      contained: [{ resourceType: 'Patient', id: 'MARKED' }],
    });
    expect(JSON.stringify(task)).not.toMatch(/MARKED|Patient|PractitionerRole/);
    expect(identifier, 'the sender finds its Task by its own identifier').toHaveLength(1);
  });

  test('is where in life, where in the country, how old in three groups, and how urgent', () => {
    const graph = asked();
    for (const { resource } of graph.entry ?? [])
      if (resource?.resourceType === 'ServiceRequest') resource.priority = 'urgent';
    const task = view(graph);
    expect(task.priority).toBe('urgent');
    expect(inputs(task)).toEqual(
      expect.arrayContaining(['life-domain mental-wellbeing', 'municipality 9901', 'age-group adult']),
    );
  });

  test.each([
    ['2008-11-23', 'youth'],
    ['2008-11-22', 'adult'],
    ['1961-11-23', 'adult'],
    ['1961-11-22', 'elderly'],
    ['1961', 'elderly'],
    ['2020-05', 'youth'],
  ])('born %s is %s', (birthDate, group) => {
    const graph = asked();
    for (const { resource } of graph.entry ?? [])
      if (resource?.resourceType === 'Patient') resource.birthDate = birthDate;
    expect(inputs(view(graph))).toContain(`age-group ${group}`);
  });

  test('is never the order, whatever it is asked for', () => {
    const graph = asked();
    for (const purpose of ['referral', 'solicitation', 'status'] as const) {
      const disclosed = disclose({ graph, recipient: candidate, sender: 'registration-team', purpose, now, grounds });
      expect(disclosed.kind).toBe('permitted');
      if (disclosed.kind === 'permitted')
        expect(disclosed.bundle.entry?.map(({ resource }) => resource?.resourceType)).toEqual(['Task']);
    }
  });

  test('is the order once the Task says fulfill', () => {
    const graph = asked();
    taskIn(graph).code = {
      coding: [
        { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' },
        { system: mgnCodeSystem('use-case'), code: 'transfer' },
      ],
    };
    const disclosed = disclose({
      graph,
      recipient: candidate,
      sender: 'registration-team',
      purpose: 'referral',
      now,
      grounds,
    });
    expect(disclosed.kind === 'permitted' && disclosed.bundle.entry?.length).toBeGreaterThan(3);
  });
});
