import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Criterion, Query } from '../../src/store/port.ts';
import { type Indexed, indexOf } from '../../src/store/search-index.ts';
import { modifiersOf, parametersOf, searchParameters } from '../../src/store/search-parameters.ts';
import { type DateTerm, type Terms, termsOf } from '../../src/store/search-terms.ts';
import { difference, rowsOf } from '../../src/store/sql/index/rows.ts';
import { deliveryFailed } from '../../src/workflow/index.ts';
import { task } from '../support/store/samples.ts';
import { rowsInMemory } from '../support/store/sql-rows.ts';

const hide = (value: string): string => hash('sha256', value, 'base64url');

/** Few, so that they meet; with separators, with what a database refuses, and longer than a key. */
const word = fc.constantFrom(
  'a',
  'b',
  'a|b',
  'a\x1eb',
  '\x1f',
  '\x1da',
  'a\0',
  '\ud800',
  'p1',
  '%',
  "'",
  'x'.repeat(3_000),
);
const system = fc.constantFrom('urn:a', 'urn:b', '', '\x1d', 'http://hl7.org/fhir/task-status', 'absent');
const coding = fc.record({ system, code: word }, { requiredKeys: ['code'] });
/** Among them the ids of the resources, whose own identifiers have no rows. */
const identifierValue = fc.oneof(word, fc.constantFrom('r0', 'r1', 'r2'));
const identifier = fc.record({ system, value: identifierValue }, { requiredKeys: ['value'] });
const reference = fc.record(
  {
    reference: fc.oneof(
      fc.tuple(fc.constantFrom('Patient', 'Task', 'Organization', 'ServiceRequest'), word).map((it) => it.join('/')),
      word,
      fc.constantFrom('urn:uuid:1', 'https://example.org/fhir/Patient/p1', '#p1', 'Patient/p1/_history/2'),
    ),
    identifier,
  },
  { requiredKeys: [] },
);
const day = fc.constantFrom('2026-01-01', '2026-01', '2026-02-03T04:05:06Z', 'someday');
const list = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 3 });

const aTask = fc.record(
  {
    owner: reference,
    requester: reference,
    focus: reference,
    partOf: list(reference),
    for: reference,
    code: fc.record({ coding: list(coding) }),
    intent: word,
    status: fc.oneof(word, fc.constant('requested')),
    businessStatus: fc.record({
      coding: list(fc.oneof(coding, fc.constant({ system: 'urn:a', code: deliveryFailed }))),
    }),
    identifier: list(identifier),
    authoredOn: day,
    meta: fc.record({ source: word }),
  },
  { requiredKeys: [] },
);
const aPatient = fc.record({ identifier: list(identifier) }, { requiredKeys: [] });
const resources = list(
  fc.oneof(
    { weight: 3, arbitrary: aTask.map((it) => ({ resourceType: 'Task', ...it })) },
    aPatient.map((it) => ({ resourceType: 'Patient', ...it })),
  ),
).map((all) => all.map((it, n) => ({ ...it, id: `r${n}` }) as unknown as Resource & { id: string }));

const criterion = (type: 'Task' | 'Patient'): fc.Arbitrary<Criterion> =>
  fc.constantFrom(...Object.keys(parametersOf(type)).filter((it) => !it.includes(':')), '_id').chain((name) => {
    const isDate = parametersOf(type)[name]?.kind === 'date';
    const escaped = word.map((it) => it.replace(/[|\\]/g, '\\$&'));
    const token = fc.oneof(
      escaped,
      fc.tuple(system, escaped).map((it) => it.join('|')),
      system.filter((it) => it !== '').map((it) => `${it}|`),
      fc.constantFrom('Patient/p1', 'Task/a', deliveryFailed, 'requested', 'r0', 'r1', 'urn:a|r0', 'urn:b|r1', '|r2'),
    );
    const date = fc
      .tuple(
        fc.constantFrom('', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'),
        day.filter((it) => it !== 'someday'),
      )
      .map((it) => it.join(''));
    const plain = fc.array(isDate ? date : token, { minLength: 1, maxLength: 3 });
    const modifiers = [undefined, ...modifiersOf(type, name)];
    return fc.constantFrom(...modifiers).chain((modifier) =>
      (modifier === 'missing' ? fc.constantFrom(['true'], ['false']) : plain).map((values) => ({
        name,
        values,
        ...(modifier === undefined ? {} : { modifier }),
      })),
    );
  });

/** By the entries of the index themselves. */
function isMatch(terms: Terms, id: string, { tokens, dates }: Indexed): boolean {
  switch (terms.kind) {
    case 'id':
      return terms.values.includes(id);
    case 'token': {
      const some = terms.terms.some(({ value, system }) =>
        tokens.some((it) => {
          const isAbsence = it.value === '' && it.system === 'absent';
          return (
            it.parameter === terms.parameter &&
            (value === undefined ? !isAbsence : it.value.toWellFormed() === value.toWellFormed()) &&
            (system === undefined || it.system === system)
          );
        }),
      );
      return some !== terms.not;
    }
    case 'date':
      return dates.some((it) => it.parameter === terms.parameter && terms.terms.some((term) => isDuring(it, term)));
    case 'either':
      return terms.of.some((it) => isMatch(it, id, { tokens, dates }));
    default:
      throw new Error(terms.kind);
  }
}

const isDuring = ({ low, high }: { low: number; high: number }, term: DateTerm): boolean => {
  const isWithin = low >= term.low && high <= term.high;
  const all: Record<string, boolean> = {
    eq: isWithin,
    ne: !isWithin,
    gt: high > term.high,
    lt: low < term.low,
    ge: high >= term.low,
    le: low <= term.high,
    sa: low > term.high,
    eb: high < term.low,
  };
  return all[term.prefix]!;
};

describe('the rows of the index', () => {
  test('match what the entries of the index match', { timeout: 120_000 }, async () => {
    const query = fc.constantFrom('Task' as const, 'Patient' as const).chain((type) =>
      fc.record({
        type: fc.constant(type),
        criteria: fc.array(
          fc.oneof(
            { weight: 4, arbitrary: criterion(type) },
            fc.tuple(criterion(type), criterion(type)).map(([it, or]): Criterion => ({ ...it, or: [or] })),
          ),
          { minLength: 1, maxLength: 2 },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(resources, fc.array(query, { minLength: 1, maxLength: 10 }), async (all, queries) => {
        const rows = await rowsInMemory();
        await rows.write(
          1,
          all.map((resource) => ({ resource })),
        );
        for (const { type, criteria } of queries) {
          const expected = all.filter(
            (it) =>
              it.resourceType === type &&
              criteria.every((criterion) =>
                isMatch(termsOf(type, criterion, { hide: rows.hide }), it.id, indexOf(it, rows.hide)),
              ),
          );
          const found = await rows.search(type, { criteria, count: 10 } satisfies Query);
          expect(found.kind === 'found' && found.resources.map(({ id }) => id).sort()).toEqual(
            expected.map(({ id }) => id),
          );
        }
        await rows.close();
      }),
      { numRuns: 300 },
    );
  });

  test('of an update are the difference: what is gone and what has come', () => {
    fc.assert(
      fc.property(resources, resources, (before, after) => {
        const rows = (all: readonly Resource[]) => all.flatMap((it) => rowsOf(it, hide).tokens);
        const named = (all: ReturnType<typeof rows>) => new Set(all.map((it) => JSON.stringify(it)));
        const { gone, come } = difference(rows(before), rows(after));
        const result = named(rows(before));
        for (const it of named([...gone])) expect(result.delete(it)).toBe(true);
        for (const it of named([...come])) expect(result.has(it)).toBe(false);
        for (const it of named([...come])) result.add(it);
        expect(result).toEqual(named(rows(after)));
      }),
    );
  });

  test('are stored once for parameters of the same element', () => {
    const { tokens } = rowsOf(task('t1', { for: { reference: 'Patient/p1' } }), hide);
    expect(tokens).toContainEqual({ parameter: 'patient', value: 'p1/Patient', system: '' });
    expect(tokens.map(({ parameter }) => parameter)).not.toContain('subject');
  });

  test('contain few values of a Task: those that many Tasks have are facets', () => {
    const rows = rowsOf(
      task('t1', {
        status: 'completed',
        identifier: [{ system: 'urn:a', value: '1' }],
        businessStatus: { coding: [{ code: 'x' }] },
      }),
      hide,
    );
    expect(rows.tokens.map(({ parameter }) => parameter)).toEqual(['owner', 'identifier']);
    expect(rows.facets).toContain(hide('completed').slice(0, 16));
    expect(rows.facets).not.toContain('completed');
  });

  test('contain the rare values by which the gateway looks for Tasks', () => {
    expect(rowsOf(task('t1'), hide).tokens.map(({ parameter }) => parameter)).toEqual(['owner', 'status']);
    expect(searchParameters.Task['business-status'].rare).toEqual([deliveryFailed]);
    const failed = { coding: [{ system: 'urn:a', code: deliveryFailed }] };
    expect(rowsOf(task('t1', { businessStatus: failed }), hide).tokens).toContainEqual({
      parameter: 'business-status',
      value: deliveryFailed,
      system: hide('urn:a').slice(0, 16),
    });
  });
});
