import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type LineText,
  type MessageName,
  namesOf,
  type ProjectionFile,
} from '../../../src/disclosure/projection/file.ts';
import type { Permissions } from '../../../src/disclosure/projection/filter.ts';
import { isA, typeModel, typeNames } from '../../../src/fhir/model.ts';
import type { Elements, Resource } from '../../../src/fhir/resource.ts';
import { projectionFilesIn } from '../../../src/main/projection-files.ts';
import { projectionsThatAllow } from '../../support/disclosure/changed-projections.ts';
import { fullResource } from '../../support/disclosure/full-resource.ts';
import { markersIn, planter } from '../../support/disclosure/planted.ts';
import { ownProjections, projectionFolder } from '../../support/disclosure/projections.ts';
import { runs } from '../../support/long.ts';

/**
 * Resources with a marker in every element, also in extensions, beside primitives, contained, in narrative, and encoded:
 * what goes out has none but in the elements of allow lines, read here from the files and not from what was compiled.
 */
const files = projectionFilesIn(projectionFolder).map(({ text }) => parse(text) as ProjectionFile);

/** Parts of a datatype that a form passes; a form of a primitive passes the value itself. */
const partsOfForm: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^codes of|^municipality code|^life domain/, ['coding', 'coding.system', 'coding.code']],
  [
    /^extension /,
    [
      'url',
      'valueCodeableConcept',
      'valueCodeableConcept.coding',
      'valueCodeableConcept.coding.system',
      'valueCodeableConcept.coding.code',
    ],
  ],
  [/identifier|^BSN/, ['system', 'value']],
  [/^reference|^organisation/, ['reference']],
  [/^period/, ['start', 'end']],
  [/^phone/, ['system', 'use', 'value']],
];

function isWithin(path: string, lines: readonly LineText[]): boolean {
  return lines.some(({ allow, as }) =>
    namesOf(allow).some((allowed) => {
      if (as === undefined) return false;
      if (path === allowed) return true;
      if (!path.startsWith(`${allowed}.`)) return false;
      if (as === 'whole') return true;
      const [, parts = []] = partsOfForm.find(([form]) => form.test(as)) ?? [];
      return parts.includes(path.slice(allowed.length + 1));
    }),
  );
}

const projected = files.flatMap(({ recipient, phase, messages }) =>
  Object.entries(messages).flatMap(([message, { resources = {} }]) =>
    Object.entries(resources).flatMap(([type, { lines }]) =>
      lines && !lines.some(({ allow }) => allow === '*')
        ? [{ recipient, phase, message: message as MessageName, type, lines }]
        : [],
    ),
  ),
);

/** Permissions of every mixture. */
const permissions = fc.record({
  contactData: fc.boolean(),
  bsn: fc.boolean(),
  content: fc.boolean(),
  lifeDomain: fc.constantFrom(
    () => true,
    () => false,
  ),
  goals: fc.constantFrom(
    () => true,
    () => false,
  ),
  activities: fc.constantFrom(
    () => true,
    () => false,
  ),
}) satisfies fc.Arbitrary<Permissions>;

/** The resource that opens every gate, with planted values in place of some of its elements, or beside them in a list. */
function overlaid(type: string, full: Elements, pick: (count: number) => number) {
  const { pathOf, value } = planter(pick);
  const planted = value(type, type) as Elements;
  const entries = Object.entries({ ...full, ...planted }).map(([name]) => {
    const [given, other] = [full[name], planted[name]];
    if (given === undefined) return [name, other] as const;
    if (other === undefined) return [name, given] as const;
    if (Array.isArray(given) && Array.isArray(other))
      return [name, [...given, ...other, mixed(given[0], other[0])]] as const;
    return [name, [given, other, mixed(given, other)][pick(3)]] as const;
  });
  return { pathOf, resource: { ...Object.fromEntries(entries), resourceType: type } as unknown as Resource };
}

/** The parts of both: a value that passes what its line needs, with a marker in all the rest. */
const mixed = (given: unknown, other: unknown): unknown => {
  if (typeof given !== 'object' || typeof other !== 'object' || given === null || other === null) return other;
  if (Array.isArray(given) || Array.isArray(other)) return [...[given].flat(), ...[other].flat()];
  const names = new Set([...Object.keys(given), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const [a, b] = [(given as Elements)[name], (other as Elements)[name]];
      return [name, a === undefined ? b : b === undefined ? a : typeof a === 'object' ? mixed(a, b) : a];
    }),
  );
};

type Checked = (typeof projected)[number];

/** What goes out beside the lines, in many resources of one type; undefined when nothing does. */
function goesOutBeside({ recipient, phase, message, type, lines }: Checked, projections = ownProjections) {
  const full = fullResource(ownProjections[recipient].message(phase, message).types.get(type)!);
  const projection = projections[recipient].message(phase, message);
  const { failed, errorInstance } = fc.check(
    fc.property(fc.infiniteStream(fc.nat(1_000_000)), permissions, (stream, permitted) => {
      const { pathOf, resource } = overlaid(type, full, (count) => (stream.next().value as number) % count);
      const out = projection.project(resource, permitted);
      for (const it of markersIn(out)) {
        const path = pathOf(it)!.slice(type.length + 1);
        if (!isWithin(path, lines)) throw new Error(`${type}.${path}`);
      }
    }),
    { numRuns: runs(240) },
  );
  return failed ? String((errorInstance as Error | undefined)?.message) : undefined;
}

describe.each(projected)('$recipient, $phase, $message, $type', (it) => {
  test('nothing goes out beside its lines, in any encoding', () => {
    expect(goesOutBeside(it)).toBeUndefined();
  });
});

test.each([
  ['social-domain-selected', 'social-request', 'Patient', 'name.text'],
  ['social-domain-selected', 'social-request', 'Goal', 'note'],
  ['social-domain-selected', 'consultation-extract', 'Composition', 'section.entry'],
  ['ggz-candidate', 'solicitation', 'Task', 'description'],
] as const)('a line more than the file has is found: %s %s %s %s', (file, message, type, path) => {
  const checked = projected.find(
    (it) => `${it.recipient}-${it.phase}` === file && it.message === message && it.type === type,
  )!;
  expect(goesOutBeside(checked, projectionsThatAllow(file, message, type, path))).toContain(`${type}.${path}`);
});

test('a type without a line gives nothing, whatever is in it', () => {
  const types = typeNames().filter((it) => isA(it, 'Resource') && typeModel(it)?.abstract === false);
  const messages = projected.map((it) => ownProjections[it.recipient].message(it.phase, it.message));
  const { value } = planter((count) => count - 1);
  for (const type of types) {
    const resource = { ...(value(type, type) as Elements), resourceType: type } as unknown as Resource;
    for (const it of messages) if (!it.types.has(type)) expect(it.project(resource)).toBeUndefined();
  }
});

test('the markers are found in every encoding that is planted', () => {
  const { value, pathOf } = planter((count) => count - 1);
  const seen = [...markersIn(value('Patient', 'Patient'))].map((it) => pathOf(it)!);
  for (const path of [
    'Patient.name.text',
    'Patient._gender',
    'Patient.contained',
    'Patient.text.div',
    'Patient.photo.data',
  ])
    expect(seen).toContain(path);
});
