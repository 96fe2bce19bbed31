import { describe, expect, test } from 'vitest';
import { differences, setOf } from '../../src/configuration/index.ts';

const set = (files: Readonly<Record<string, string>>) =>
  setOf(Object.entries(files).map(([path, text]) => ({ path, text })));
const between = (path: string, was: string, is: string) => differences(set({ [path]: was }), set({ [path]: is }));

describe('a set', () => {
  test('is its files: neither their order nor where they lay counts', () => {
    const [one, other] = [
      { path: 'a', text: '1' },
      { path: 'b', text: '2' },
    ] as const;
    expect(setOf([one, other]).digest).toBe(setOf([other, one]).digest);
    expect(setOf([one, other]).digest).not.toBe(setOf([one, { ...other, text: '3' }]).digest);
    expect(setOf([one]).digest).not.toBe(setOf([{ ...one, path: 'c' }]).digest);
  });
});

describe('the difference of two sets', () => {
  test('names files that came and went, by part', () => {
    const before = set({ 'mappings/old.fml': 'x', 'network/places.yaml': 'a: 1' });
    const after = set({ 'mappings/new.fml': 'x', 'network/places.yaml': 'a: 1' });
    expect(differences(before, after)).toEqual([
      { part: 'maps and tables', path: 'mappings/new.fml', change: '+', within: [] },
      { part: 'maps and tables', path: 'mappings/old.fml', change: '-', within: [] },
    ]);
  });

  test('names rules by their id, what changed in them, and that they stand elsewhere', () => {
    const was = 'routes:\n  registration:\n    - {id: a, when: {urgent: true}}\n    - {id: b}\n    - {id: c}\n';
    const is = 'routes:\n  registration:\n    - {id: c}\n    - {id: a, when: {urgent: false}}\n    - {id: d}\n';
    expect(between('mappings/routes.yaml', was, is)[0]).toMatchObject({
      part: 'routes',
      within: [
        '~ routes.registration[a].when.urgent: true -> false',
        '- routes.registration[b]',
        '+ routes.registration[d]',
        '~ routes.registration: now in the order c, a, d',
      ],
    });
  });

  test('names services of the directory, whatever file they stand in', () => {
    const bundle = (active: boolean) =>
      JSON.stringify({
        resourceType: 'Bundle',
        entry: [{ fullUrl: 'x', resource: { resourceType: 'HealthcareService', id: 'team', active } }],
      });
    expect(between('network/directory/services.json', bundle(true), bundle(false))[0]).toMatchObject({
      part: 'directory',
      within: ['~ entry[HealthcareService/team].resource.active: true -> false'],
    });
  });

  test('compares the differential of a profile, not its snapshot', () => {
    const profile = (min: number) =>
      JSON.stringify({
        resourceType: 'StructureDefinition',
        snapshot: { element: [{ id: 'Task.owner', min }] },
        differential: { element: [{ id: 'Task.owner', min }] },
      });
    expect(between('profiles/a.json', profile(0), profile(1))[0]?.within).toEqual([
      '~ differential.element[Task.owner].min: 0 -> 1',
    ]);
  });

  test('lists added and removed lines of maps and of unreadable files', () => {
    expect(between('mappings/a.fml', 'group a\n  one;\n', 'group a\n  two;\n')[0]?.within).toEqual([
      '- one;',
      '+ two;',
    ]);
    expect(between('mappings/routes.yaml', 'a: 1\n', 'a: [\n')[0]?.within).toEqual(['- a: 1', '+ a: [']);
  });

  test('is nothing within a file where only comments changed', () => {
    expect(between('mappings/routes.yaml', 'a: 1\n', '# why\na: 1\n')[0]?.within).toEqual([]);
  });
});
