import type { Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeJson } from '../../src/fhir/json.ts';
import { parametersOf, patched, task, text, type Values } from '../support/exchange/fhirpath-patch.ts';

describe('what does not fit is told by its rule', () => {
  const value = { valueString: 'x' };
  test.each<[string, Values, string]>([
    ['no type', { path: 'Task.status' }, 'fhirpath-patch-malformed'],
    ['a type that there is not', { type: 'set', path: 'Task.status' }, 'fhirpath-patch-malformed'],
    ['no path', { type: 'delete' }, 'fhirpath-patch-malformed'],
    ['no value', { type: 'replace', path: 'Task.status' }, 'fhirpath-patch-malformed'],
    ['an empty value', { type: 'replace', path: 'Task.status', value: {} }, 'fhirpath-patch-malformed'],
    ['no name', { type: 'add', path: 'Task', value }, 'fhirpath-patch-malformed'],
    ['no index', { type: 'insert', path: 'Task.note', value }, 'fhirpath-patch-malformed'],
    ['an index below zero', { type: 'insert', path: 'Task.note', value, index: -1 }, 'fhirpath-patch-malformed'],
    ['no destination', { type: 'move', path: 'Task.note', source: 0 }, 'fhirpath-patch-malformed'],
    ['a part of another type', { type: 'delete', path: 'Task.note[0]', index: 0 }, 'fhirpath-patch-malformed'],
    ['a path that is no FHIRPath', { type: 'delete', path: 'Task.' }, 'fhirpath-patch-path-invalid'],
    ['an element that there is not', { type: 'delete', path: 'Task.colour' }, 'fhirpath-patch-path-invalid'],
    ['another type of resource', { type: 'delete', path: 'Patient.name' }, 'fhirpath-patch-path-invalid'],
    [
      'a path that leaves the resource',
      { type: 'delete', path: 'Task.focus.resolve().status' },
      'fhirpath-patch-path-invalid',
    ],
    ['a value that is nowhere', { type: 'replace', path: "Task.status & 'x'", value }, 'fhirpath-patch-path-invalid'],
    [
      'a criterion that computes',
      { type: 'delete', path: 'Task.note.where(repeat($this).exists())' },
      'fhirpath-patch-path-invalid',
    ],
    [
      'a criterion on what is not there',
      { type: 'delete', path: "Task.note.where(colour = 'x')" },
      'fhirpath-patch-path-invalid',
    ],
    ['the resource itself', { type: 'delete', path: 'Task' }, 'fhirpath-patch-path-invalid'],
    [
      'the value of a primitive apart',
      { type: 'replace', path: 'Task.status.value', value },
      'fhirpath-patch-path-invalid',
    ],
    [
      'insert in what does not repeat',
      { type: 'insert', path: 'Task.status', value, index: 0 },
      'fhirpath-patch-path-invalid',
    ],
    [
      'move within a choice of a list',
      { type: 'move', path: "Task.note.where(text = 'first')", source: 0, destination: 0 },
      'fhirpath-patch-path-invalid',
    ],
    ['delete of many', { type: 'delete', path: 'Task.note' }, 'fhirpath-patch-path-not-single'],
    ['replace of none', { type: 'replace', path: 'Task.description', value }, 'fhirpath-patch-path-not-single'],
    [
      'replace of one beyond the end',
      { type: 'replace', path: 'Task.note[2]', value: text('x') },
      'fhirpath-patch-path-not-single',
    ],
    [
      'add to many',
      { type: 'add', path: 'Task.note', name: 'time', value: { valueDateTime: '2026' } },
      'fhirpath-patch-path-not-single',
    ],
    [
      'add of an element that there is not',
      { type: 'add', path: 'Task', name: 'colour', value },
      'fhirpath-patch-element-unknown',
    ],
    [
      'add by the name with its type',
      { type: 'add', path: 'Task.output', name: 'valueString', value },
      'fhirpath-patch-element-unknown',
    ],
    [
      'a way out of the document',
      { type: 'add', path: 'Task', name: '__proto__', value },
      'fhirpath-patch-element-unknown',
    ],
    [
      'add of what is there',
      { type: 'add', path: 'Task', name: 'status', value: { valueCode: 'draft' } },
      'fhirpath-patch-element-exists',
    ],
    [
      'add of a second choice',
      { type: 'add', path: 'Task.note[1]', name: 'author', value: { valueReference: {} } },
      'fhirpath-patch-element-exists',
    ],
    [
      'a value of another type',
      { type: 'replace', path: 'Task.status', value: { valueBoolean: true } },
      'fhirpath-patch-value-invalid',
    ],
    ['a string for a code', { type: 'replace', path: 'Task.status', value }, 'fhirpath-patch-value-invalid'],
    [
      'two values',
      { type: 'replace', path: 'Task.status', value: { valueCode: 'draft', valueString: 'x' } },
      'fhirpath-patch-value-invalid',
    ],
    [
      'parts for a primitive',
      { type: 'replace', path: 'Task.status', value: { part: [{ name: 'value', valueCode: 'x' }] } },
      'fhirpath-patch-value-invalid',
    ],
    [
      'a part that the type has not',
      { type: 'add', path: 'Task', name: 'output', value: { part: [{ name: 'colour', valueCode: 'x' }] } },
      'fhirpath-patch-value-invalid',
    ],
    [
      'an index beyond the end',
      { type: 'insert', path: 'Task.note', value: text('x'), index: 3 },
      'fhirpath-patch-index-out-of-range',
    ],
    [
      'a move from beyond the end',
      { type: 'move', path: 'Task.note', source: 2, destination: 0 },
      'fhirpath-patch-index-out-of-range',
    ],
    [
      'a move to beyond the end',
      { type: 'move', path: 'Task.note', source: 0, destination: 2 },
      'fhirpath-patch-index-out-of-range',
    ],
  ])('%s', (_, operation, rule) => {
    expect(patched(task, parametersOf([operation]))).toBe(rule);
  });

  test('a part twice, a parameter of another name, too many operations, a path without end', () => {
    const twice = parametersOf([{ type: 'delete', path: 'Task.note[0]' }]);
    twice.parameter?.[0]?.part?.push({ name: 'path', valueString: 'Task.note[1]' });
    expect(patched(task, twice)).toBe('fhirpath-patch-malformed');
    expect(patched(task, { resourceType: 'Parameters', parameter: [{ name: 'status' }] })).toBe(
      'fhirpath-patch-malformed',
    );
    const many = Array(101).fill({ type: 'delete', path: 'Task.note[0]' });
    expect(patched(task, parametersOf(many))).toBe('patch-too-long');
    const long = `Task${'.extension'.repeat(100_000)}`;
    expect(patched(task, parametersOf([{ type: 'delete', path: long }]))).toBe('fhirpath-patch-path-invalid');
  });

  test('extensions of extensions can not nest without end', () => {
    const inner = { part: [{ name: 'url', valueUri: 'urn:e' }] };
    const nested = Array.from({ length: 40 }, (_, depth) => ({
      type: 'add',
      path: `Task${'.extension'.repeat(depth)}`,
      name: 'extension',
      value: inner,
    }));
    expect(patched({ resourceType: 'Task' }, parametersOf(nested))).toBe('fhirpath-patch-path-invalid');
  });
});

const note = (...texts: readonly string[]) => texts.map((it) => ({ text: it }));

describe('over any patch', () => {
  const path = fc.constantFrom(
    'Task',
    'Task.note',
    'Task.note[0]',
    'Task.note.last()',
    'Task.status',
    'Task.output.value',
    "Task.note.where(text = 'x')",
    'Task.status.extension',
    'Task.note[1].author',
  );
  const value = fc.constantFrom<Values>(
    text('x'),
    { valueCode: 'draft' },
    { valueString: 'y' },
    { part: [{ name: 'url', valueUri: 'urn:e' }] },
  );
  const index = fc.integer({ min: 0, max: 4 });
  const operation = fc.oneof(
    fc.record({
      type: fc.constant('add'),
      path,
      name: fc.constantFrom('note', 'extension', 'author', 'status', 'id'),
      value,
    }),
    fc.record({ type: fc.constant('insert'), path, value, index }),
    fc.record({ type: fc.constant('delete'), path }),
    fc.record({ type: fc.constant('replace'), path, value }),
    fc.record({ type: fc.constant('move'), path, source: index, destination: index }),
  );

  test('the resource and the patch stay as they were, and a patch fits whole or not at all', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 6 }), (operations) => {
        const before = JSON.stringify(task);
        const patch = parametersOf(operations);
        const sent = JSON.stringify(patch);
        const made = patched(task, patch);
        expect([JSON.stringify(task), JSON.stringify(patch)]).toEqual([before, sent]);
        if (typeof made !== 'string') expect(() => writeJson(made as Task)).not.toThrow();
      }),
    );
  });

  test('what was added and then deleted leaves no trace', () => {
    const adding = fc.constantFrom<{ at: string; name: string; value: Values; back: string }>(
      { at: 'Task', name: 'note', value: text('x'), back: 'Task.note.last()' },
      { at: 'Task', name: 'priority', value: { valueCode: 'stat' }, back: 'Task.priority' },
      {
        at: 'Task',
        name: 'input',
        value: { part: [{ name: 'type', valueCodeableConcept: { text: 'x' } }] },
        back: 'Task.input[0]',
      },
      {
        at: 'Task.status',
        name: 'extension',
        value: { part: [{ name: 'url', valueUri: 'urn:e' }] },
        back: "Task.status.extension('urn:e')",
      },
      { at: 'Task.note[0]', name: 'author', value: { valueString: 'D' }, back: 'Task.note[0].author' },
      {
        at: 'Task.output[0].type',
        name: 'coding',
        value: { valueCoding: { code: 'c' } },
        back: "Task.output.type.coding.where(code = 'c')",
      },
    );
    fc.assert(
      fc.property(adding, ({ at, name, value: given, back }) => {
        const there = parametersOf([{ type: 'add', path: at, name, value: given }]);
        const added = patched(task, there) as object;
        expect(added).not.toEqual(task);
        expect(JSON.stringify(patched(added, parametersOf([{ type: 'delete', path: back }])))).toBe(
          JSON.stringify(task),
        );
      }),
    );
  });

  test('inserted and deleted, moved and moved back: the list is as it was', () => {
    const list = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(list, fc.nat(), fc.nat(), (texts, one, other) => {
        const given = { resourceType: 'Task', note: note(...texts) };
        const [from, to] = [one % texts.length, other % texts.length];
        const there = { type: 'move', path: 'note', source: from, destination: to };
        const back = { type: 'move', path: 'note', source: to, destination: from };
        expect(patched(given, parametersOf([there, back]))).toEqual(given);
        const inserted = { type: 'insert', path: 'note', index: from, value: text('new') };
        expect(patched(given, parametersOf([inserted, { type: 'delete', path: `note[${from}]` }]))).toEqual(given);
      }),
    );
  });
});
