import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { importWaitingTimes, type Network, networkFromLog, openCurrentNetwork } from '../../src/directory/index.ts';
import { writeJson } from '../../src/fhir/json.ts';
import { availabilityOf } from '../../src/routing/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { demoNetwork, sound } from '../support/routing/demo-network.ts';

const codes = {
  'diagnosis-group': ['depressive', 'anxiety'],
  method: ['retrospective', 'current'],
  source: ['provider', 'publication', 'network'],
  capacity: ['available', 'limited', 'waitlist', 'closed'],
};
const heading = 'service;diagnosis-group;intake-weeks;treatment-weeks;method;measured-on;source;capacity;capacity-note';
const known = { today: '2026-11-22', codes };

let network: Network;
beforeAll(async () => {
  network = await demoNetwork();
});
const file = (...lines: string[]): string => [heading, ...lines].join('\n');
const take = (...lines: string[]) => importWaitingTimes(file(...lines), network, known);
const wrong = (text: string): string[] => {
  const imported = importWaitingTimes(text, network, known);
  return imported.ok ? [] : imported.issues.map(({ line, rule }) => `${line} ${rule}`);
};
const figures = (...lines: string[]) => {
  const [service] = sound(take(...lines)).services;
  return service && availabilityOf(service);
};

describe('a file of waiting times', () => {
  test('replaces the waiting time of the same group and method; others are kept', () => {
    const told = figures('specialist-ggz-horizonland;depressive;8;12.5;current;2026-11-20;publication;;');
    expect(told?.waitingTimes.find(({ group }) => group === 'depressive')).toEqual({
      group: 'depressive',
      intakeWeeks: 8,
      treatmentWeeks: 12.5,
      method: 'current',
      measuredOn: '2026-11-20',
      source: 'publication',
    });
    expect(told?.waitingTimes.map(({ group }) => group).sort()).toEqual([
      'anxiety',
      'depressive',
      'psychotic',
      'trauma-related',
    ]);
    expect(told?.capacity?.status).toBe('waitlist');
  });

  test('accepts capacity alone, for the social domain as for care; quoted cells may contain semicolons and quotes', () => {
    const told = figures(
      'HealthcareService/peer-support-de-brug;;;;;2026-11-20;;limited;"Inloop; ""open"" op maandag"',
    );
    expect(told?.capacity).toEqual({
      status: 'limited',
      note: 'Inloop; "open" op maandag',
      assessedOn: '2026-11-20',
    });
  });

  test('reports the change per line; several lines for one service combine', () => {
    const { lines, services } = sound(
      take(
        'basic-ggz-de-kade;;3;4;current;2026-11-02;provider;;',
        'basic-ggz-de-kade;;5;;retrospective;2026-11-02;provider;;',
        'basic-ggz-de-kade;anxiety;9;;current;2026-11-17;provider;available;',
      ),
    );
    expect(lines.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, 'unchanged'],
      [3, 'new'],
      [4, 'changed'],
    ]);
    expect(services).toHaveLength(1);
    expect(availabilityOf(services[0]!).waitingTimes).toHaveLength(3);
  });

  test('with a byte order mark, Windows line ends and empty lines is read alike', () => {
    const text = `\uFEFF${file('basic-ggz-de-kade;;6;;current;2026-11-20;provider;;', '', '')}`.replaceAll(
      '\n',
      '\r\n',
    );
    expect(sound(importWaitingTimes(text, network, known)).lines).toHaveLength(1);
  });
});

describe('a file with an invalid line is not imported, and every invalid line is reported', () => {
  const good = 'basic-ggz-de-kade;;4;6;current;2026-11-20;provider;;';

  test.each([
    ['decimals with a comma', 'basic-ggz-de-kade;;4,5;6;current;2026-11-20;provider;;', 'import-number-invalid'],
    ['less than no time', 'basic-ggz-de-kade;;-1;6;current;2026-11-20;provider;;', 'import-number-invalid'],
    ['days', 'basic-ggz-de-kade;;35 d;6;current;2026-11-20;provider;;', 'import-number-invalid'],
    ['weeks that must be days', 'basic-ggz-de-kade;;365;6;current;2026-11-20;provider;;', 'waiting-time-above-maximum'],
    ['a service that is not there', 'nowhere;;4;6;current;2026-11-20;provider;;', 'import-service-unknown'],
    ['a day that is not there', 'basic-ggz-de-kade;;4;6;current;2026-02-30;provider;;', 'import-date-invalid'],
    ['a day to come', 'basic-ggz-de-kade;;4;6;current;2026-11-23;provider;;', 'waiting-time-future'],
    ['a day before what is known', 'basic-ggz-de-kade;;4;6;current;2026-11-01;provider;;', 'waiting-time-outdated'],
    ['no day', 'basic-ggz-de-kade;;4;6;current;;provider;;', 'import-cell-missing'],
    ['no method', 'basic-ggz-de-kade;;4;6;;2026-11-20;provider;;', 'import-cell-missing'],
    ['a note without capacity', 'basic-ggz-de-kade;;4;6;current;2026-11-20;provider;;vol', 'import-cell-missing'],
    ['an unknown group', 'basic-ggz-de-kade;sadness;4;6;current;2026-11-20;provider;;', 'import-code-unknown'],
    ['nothing told', 'basic-ggz-de-kade;;;;;2026-11-20;;;', 'import-row-empty'],
    ['too few cells', 'basic-ggz-de-kade;4;6', 'import-cell-count'],
    ['an open quote', 'basic-ggz-de-kade;;4;6;current;2026-11-20;provider;available;"vol', 'import-cell-count'],
  ])('%s', (_, line, rule) => {
    expect(wrong(file(line))).toEqual([`2 ${rule}`]);
    expect(take(good, line).ok).toBe(false);
  });

  test('commas for semicolons, other columns, another order', () => {
    expect(wrong(heading.replaceAll(';', ','))).toEqual(['1 import-columns-invalid']);
    expect(wrong(heading.replace('service;', ''))).toEqual(['1 import-columns-invalid']);
    expect(wrong(heading.split(';').reverse().join(';'))).toEqual(['1 import-columns-invalid']);
    expect(wrong('')).toEqual(['1 import-columns-invalid']);
  });

  test('the same twice', () => {
    expect(wrong(file(good, good))).toEqual(['3 import-row-duplicate']);
    expect(
      wrong(file('peer-support-de-brug;;;;;2026-11-20;;limited;', 'peer-support-de-brug;;;;;2026-11-20;;closed;')),
    ).toEqual(['3 import-row-duplicate']);
  });

  test('any text at all is taken over whole or refused with the lines it is about', () => {
    const cell = fc.oneof(
      fc.constantFrom('', 'basic-ggz-de-kade', '4', '4.5', 'current', '2026-11-20', 'provider', 'available', '"', ';'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 10 })), (rows) => {
        const imported = importWaitingTimes(file(...rows.map((it) => it.join(';'))), network, known);
        if (!imported.ok) expect(imported.issues.every(({ line }) => (line ?? 0) >= 1)).toBe(true);
        else expect(imported.value.services.every(({ id }) => network.resource(`HealthcareService/${id}`))).toBe(true);
      }),
    );
  });
});

describe('the log of the directory', () => {
  test('is brought up to date with the files, and then left alone', async () => {
    const store = await openSqliteStore(':memory:');
    await openCurrentNetwork(network, store, new Date(1));
    const first = await store.directory({ count: 10_000 });
    expect(first.items).toHaveLength(network.resources.length);
    await openCurrentNetwork(network, store, new Date(2));
    expect((await store.directory({ count: 10_000 })).items).toEqual(first.items);
    await store.close();
  });

  test('keeps waiting times over a change of the files, and logs removed resources as deleted', async () => {
    const store = await openSqliteStore(':memory:');
    const living = await openCurrentNetwork(network, store, new Date(1));
    const reference = 'HealthcareService/basic-ggz-de-kade';
    const [service] = sound(take('basic-ggz-de-kade;;7;9;current;2026-11-20;provider;;')).services;
    await store.commit({
      now: new Date(2),
      directory: [
        { source: 'network', type: 'HealthcareService', id: service!.id!, text: writeJson(service!), expect: 1 },
      ],
    });
    expect(living.current().availability(reference).waitingTimes[0]?.intakeWeeks).toBe(3);
    const before = living.current();
    await living.refresh();
    expect(living.current().availability(reference).waitingTimes[0]?.intakeWeeks).toBe(7);
    expect(before.availability(reference).waitingTimes[0]?.intakeWeeks, 'a snapshot stays as it is').toBe(3);
    expect(living.version(reference)?.version).toBe(2);
    expect((await networkFromLog(network, store)).availability(reference).waitingTimes[0]?.intakeWeeks).toBe(7);

    const gone = network.resources.find(({ resourceType }) => resourceType === 'Endpoint')!;
    const renamed: Network = {
      ...network,
      resources: network.resources
        .filter((it) => it !== gone)
        .map((it) => (`${it.resourceType}/${it.id}` === reference ? { ...it, name: 'De Kade' } : it)),
    };
    const later = await openCurrentNetwork(renamed, store, new Date(3));
    expect(later.current().availability(reference).waitingTimes[0]?.intakeWeeks).toBe(7);
    const told = await store.directory({ since: new Date(3), count: 9 });
    expect(told.items.map(({ type, id, text }) => [type, id, text === undefined])).toEqual([
      ['HealthcareService', 'basic-ggz-de-kade', false],
      ['Endpoint', gone.id, true],
    ]);
    expect(told.items[0]?.text).toContain('De Kade');
    await store.close();
  });
});

test('the columns are documented as they are', () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/guide/waiting-times.md'), 'utf8')).toContain(
    `\n${heading}\n`,
  );
});
