import type { Task } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { defaultLimits } from '../../src/fhir/parse-error.ts';
import { isType } from '../../src/fhir/resource.ts';
import { readXml } from '../../src/fhir/xml.ts';
import { parametersOf, patched, task, text, type Values } from '../support/exchange/fhirpath-patch.ts';

const [first, second] = task.note;

describe('FHIRPath Patch as R4 has it', () => {
  test.each<[string, Values[], Values]>([
    ['no operation', [], {}],
    ['replace', [{ type: 'replace', path: 'Task.status', value: { valueCode: 'accepted' } }], { status: 'accepted' }],
    [
      'a path without the type',
      [{ type: 'replace', path: 'status', value: { valueCode: 'accepted' } }],
      { status: 'accepted' },
    ],
    [
      'add what was not there',
      [{ type: 'add', path: 'Task', name: 'priority', value: { valueCode: 'stat' } }],
      { priority: 'stat' },
    ],
    [
      'add appends to a list',
      [{ type: 'add', path: 'Task', name: 'note', value: text('third') }],
      { note: [first, second, { text: 'third' }] },
    ],
    [
      'add makes a list',
      [
        { type: 'add', path: 'Task', name: 'instantiatesUri', value: { valueUri: 'urn:x' } },
        {
          type: 'add',
          path: 'Task',
          name: 'relevantHistory',
          value: { valueReference: { reference: 'Provenance/1' } },
        },
      ],
      { instantiatesUri: 'urn:x', relevantHistory: [{ reference: 'Provenance/1' }] },
    ],
    [
      'add within an element of a list',
      [{ type: 'add', path: 'Task.note[0]', name: 'time', value: { valueDateTime: '2026-01-01' } }],
      { note: [{ ...first, time: '2026-01-01' }, second] },
    ],
    [
      'add a choice by its own name',
      [{ type: 'add', path: 'Task.note[0]', name: 'author', value: { valueString: 'B' } }],
      { note: [{ ...first, authorString: 'B' }, second] },
    ],
    [
      'replace a choice by another type',
      [{ type: 'replace', path: 'Task.note[1].author', value: { valueReference: { display: 'C' } } }],
      { note: [first, { text: 'second', authorReference: { display: 'C' } }] },
    ],
    [
      'insert at the beginning',
      [{ type: 'insert', path: 'Task.note', index: 0, value: text('zero') }],
      { note: [{ text: 'zero' }, first, second] },
    ],
    [
      'insert between',
      [{ type: 'insert', path: 'Task.note', index: 1, value: text('half') }],
      { note: [first, { text: 'half' }, second] },
    ],
    [
      'insert at the end',
      [{ type: 'insert', path: 'Task.note', index: 2, value: text('third') }],
      { note: [first, second, { text: 'third' }] },
    ],
    [
      'insert in a list that is not there',
      [
        {
          type: 'insert',
          path: 'Task.input',
          index: 0,
          value: {
            part: [
              { name: 'type', valueCodeableConcept: { text: 'x' } },
              { name: 'value', valueBoolean: true },
            ],
          },
        },
      ],
      { input: [{ type: { text: 'x' }, valueBoolean: true }] },
    ],
    ['delete one of a list', [{ type: 'delete', path: 'Task.note[0]' }], { note: [second] }],
    [
      'delete by what it says',
      [{ type: 'delete', path: "Task.identifier.where(system = 'urn:a')" }],
      { identifier: [task.identifier[1]] },
    ],
    ['delete what is not there', [{ type: 'delete', path: 'Task.description' }], {}],
    [
      'delete the last of a list and the list is gone',
      [{ type: 'delete', path: 'Task.output.first()' }],
      { output: undefined },
    ],
    [
      'delete a choice of one type',
      [{ type: 'delete', path: 'Task.note.author.ofType(string)' }],
      { note: [first, { text: 'second' }] },
    ],
    ['move to the front', [{ type: 'move', path: 'Task.note', source: 1, destination: 0 }], { note: [second, first] }],
    ['move to where it is', [{ type: 'move', path: 'Task.note', source: 1, destination: 1 }], {}],
    [
      'operations in their order',
      [
        { type: 'add', path: 'Task', name: 'note', value: text('third') },
        { type: 'move', path: 'Task.note', source: 2, destination: 0 },
        { type: 'delete', path: 'Task.note[1]' },
      ],
      { note: [{ text: 'third' }, second] },
    ],
    [
      'a backbone element by its parts',
      [
        {
          type: 'add',
          path: 'Task',
          name: 'restriction',
          value: {
            part: [
              { name: 'repetitions', valuePositiveInt: 2 },
              { name: 'recipient', valueReference: { display: 'a' } },
              { name: 'recipient', valueReference: { display: 'b' } },
            ],
          },
        },
      ],
      { restriction: { repetitions: 2, recipient: [{ display: 'a' }, { display: 'b' }] } },
    ],
    [
      'an extension by its parts',
      [
        {
          type: 'add',
          path: 'Task',
          name: 'extension',
          value: {
            part: [
              { name: 'url', valueUri: 'urn:e' },
              { name: 'value', valueInteger: 1 },
            ],
          },
        },
      ],
      { extension: [{ url: 'urn:e', valueInteger: 1 }] },
    ],
    [
      'an extension of a primitive',
      [
        {
          type: 'add',
          path: 'Task.status',
          name: 'extension',
          value: {
            part: [
              { name: 'url', valueUri: 'urn:e' },
              { name: 'value', valueCode: 'x' },
            ],
          },
        },
      ],
      { _status: { extension: [{ url: 'urn:e', valueCode: 'x' }] } },
    ],
  ])('%s', (_, operations, change) => {
    const expected = JSON.parse(JSON.stringify({ ...task, ...change }));
    expect(patched(task, parametersOf(operations))).toEqual(expected);
  });

  test('several criteria in one where()', () => {
    const path = "Task.identifier.where(system = 'urn:b' and value.exists()).value";
    const made = patched(task, parametersOf([{ type: 'replace', path, value: { valueString: '3' } }])) as Task;
    expect(made.identifier?.map(({ value }) => value)).toEqual(['1', '3']);
  });

  test('an extension is found by its url, of a primitive too', () => {
    const given = parseJson(
      '{"resourceType":"Task","status":"draft","_status":{"extension":[{"url":"urn:e","valueCode":"x"}]}}',
    );
    const made = patched(given, parametersOf([{ type: 'delete', path: "Task.status.extension('urn:e')" }]));
    expect(made).toEqual({ resourceType: 'Task', status: 'draft' });
  });

  test('a value takes its own extensions along, and leaves those that were there', () => {
    const given = { resourceType: 'Task', status: 'draft', _status: { id: 'old' } };
    const value = { valueCode: 'ready', _valueCode: { id: 'new' } };
    expect(patched(given, parametersOf([{ type: 'replace', path: 'status', value }]))).toEqual({
      resourceType: 'Task',
      status: 'ready',
      _status: { id: 'new' },
    });
    expect(patched(given, parametersOf([{ type: 'replace', path: 'status', value: { valueCode: 'ready' } }]))).toEqual({
      resourceType: 'Task',
      status: 'ready',
    });
  });

  test('numbers keep their digits, moved or new', () => {
    const given = parseJson('{"resourceType":"Task","input":[{"valueDecimal":2.00},{"valueDecimal":3.0}]}');
    const patch = parseJson(
      '{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Task.input[0].value"},{"name":"value","valueDecimal":1.50}]},{"name":"operation","part":[{"name":"type","valueCode":"move"},{"name":"path","valueString":"Task.input"},{"name":"source","valueInteger":0},{"name":"destination","valueInteger":1}]}]}',
    );
    const made = isType(patch, 'Parameters') ? patched(given, patch) : undefined;
    expect(writeJson(made as Task)).toBe(
      '{"resourceType":"Task","input":[{"valueDecimal":3.0},{"valueDecimal":1.50}]}',
    );
  });

  test('from XML it is the same patch', () => {
    const xml =
      '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="replace"/></part><part><name value="path"/><valueString value="Task.status"/></part><part><name value="value"/><valueCode value="accepted"/></part></parameter></Parameters>';
    const { resource } = readXml(xml, defaultLimits);
    expect(isType(resource, 'Parameters') && patched(task, resource)).toEqual({ ...task, status: 'accepted' });
  });
});
