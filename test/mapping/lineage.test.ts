import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { casesOf } from '../../src/cli/map-cases.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { compileFolder, mapFilesAt, readMapFolder } from '../../src/main/map-folder.ts';
import { compileMap, explainOutput } from '../../src/mapping/index.ts';
import { rootOf } from '../support/mapping/output-root.ts';

/** Every value of a resource by path. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return value === null ? [] : [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, at) => leaves(item, `${path}[${at}]`));
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'resourceType' ? [] : leaves(member, `${path}.${key}`),
  );
}

const maps = mapFilesAt(join(import.meta.dirname, '../../mappings'));

describe.each(maps.map((path) => [path.replace(/^.*mappings\//, ''), path]))('%s', (_, path) => {
  const map = compileFolder(readMapFolder(path));
  const runs = casesOf(path).map(({ name, input }) => ({ name, input: readInput(input) }));

  test.each(runs.map((it) => [it.name, it.input] as const))(
    'every value of the output of %s has its rule and its source',
    (name, input) => {
      const { output, trace } = map.run(input, { trace: true });
      const root = rootOf(output, trace!);
      const known = leaves(output, root);
      const without = known
        .filter(([path]) => (explainOutput(trace!, path)?.sources.length ?? 0) === 0)
        .map(([path]) => path);
      if (name === 'typical') expect(known.length).toBeGreaterThan(5);
      expect(without).toEqual([]);
    },
  );

  test.each(runs.map((it) => [it.name, it.input] as const))(
    'what %s says was copied is the same in input and output',
    (_name, input) => {
      const { output, trace } = map.run(input, { trace: true });
      const root = rootOf(output, trace!);
      const sent = new Map(leaves(input, (input as { resourceType?: string }).resourceType ?? map.source ?? ''));
      const wrong = leaves(output, root).filter(([path, value]) => {
        const told = explainOutput(trace!, path);
        return told?.copied && sent.get(told.sources[0] ?? '') !== value;
      });
      expect(wrong).toEqual([]);
    },
  );
});

describe('lineage', () => {
  const text = `map "http://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
group main(source src : Patient, target tgt : Patient) {
  src.name as n where (n.use = 'official') -> tgt.name as t then {
    n.family as f -> t.text = append(f, '!') "text";
  } "name";
  src -> tgt: telecom;
  src -> tgt.active = true "active";
}`;
  const input = {
    resourceType: 'Patient',
    gender: 'female',
    name: [
      { use: 'nickname', family: 'A' },
      { use: 'official', family: 'B' },
    ],
    telecom: [{ system: 'phone', value: '1' }],
  };
  const { trace } = compileMap([{ path: 'maps/t.fml', text }]).run(input, { trace: true });

  test('states for an element the rule, with file and line, and the source paths', () => {
    const told = (path: string) => {
      const found = explainOutput(trace!, path);
      return (
        found && [`${found.rule.path}:${found.rule.line}`, `${found.rule.group}.${found.rule.name}`, found.sources]
      );
    };
    expect(told('Patient.name[0].text')).toEqual(['maps/t.fml:6', 'main.text', ['Patient.name[1].family']]);
    expect(told('Patient.telecom[0].value')).toEqual(['maps/t.fml:8', 'main.telecom', ['Patient.telecom[0].value']]);
    expect(told('Patient.active')).toEqual(['maps/t.fml:9', 'main.active', ['Patient']]);
    expect(told('Patient.gender')).toBeUndefined();
  });

  test('lists the source values that no rule read', () => {
    expect(trace?.unread).toEqual(['Patient.gender', 'Patient.name[0].family']);
  });
});
