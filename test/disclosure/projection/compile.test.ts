import { expect, test } from 'vitest';
import { compileProjections } from '../../../src/disclosure/index.ts';
import { phases, recipientKinds } from '../../../src/disclosure/projection/file.ts';
import { projectionFilesIn } from '../../../src/main/projection-files.ts';
import { projectionFolder } from '../../support/disclosure/projections.ts';

/** A projection that is not total, or names what R4 or the network does not have, stops the start. */
const line = (text: string): string => `          - ${text}\n            why: { en: A reason., nl: Een reden. }\n`;
const everywhere = `everywhere:
  resource:
    - withhold: [id, meta, implicitRules, language, text, contained, extension, modifierExtension]
      why: { en: A reason., nl: Een reden. }
  element:
    - withhold: [id, extension, modifierExtension, _*]
      why: { en: A reason., nl: Een reden. }
`;
/** Endpoint: nine elements of its own. */
const rest = `withhold: [identifier, connectionType, name, managingOrganization, contact, period, payloadType, payloadMimeType, address, header]`;
const file = (lines: string, more = everywhere): string => `recipient: ggz
phase: selected
summary: { en: A summary., nl: Een samenvatting. }
${more}messages:
  referral:
    why: { en: A reason., nl: Een reden. }
    resources:
      Endpoint:
        why: { en: A reason., nl: Een reden. }
        lines:
${lines}`;
const empty = recipientKinds.flatMap((recipient) =>
  phases.map((phase) => ({
    path: `${recipient}-${phase}.yaml`,
    text: `recipient: ${recipient}\nphase: ${phase}\nsummary: { en: A summary., nl: Een samenvatting. }\nmessages: {}\n`,
  })),
);
const compile = (text: string, systems?: ReadonlySet<string>) =>
  compileProjections(
    empty.map((it) => (it.path === 'ggz-selected.yaml' ? { ...it, text } : it)),
    systems,
  );
const issuesOf = (text: string, systems?: ReadonlySet<string>) =>
  compile(text, systems).issues.map(({ rule, message, line: at }) => ({ rule, message, at }));
const status = line('allow: status\n            as: code');

test('the projections of the product compile', () => {
  expect(compileProjections(projectionFilesIn(projectionFolder)).issues).toEqual([]);
});

test('an element that no line allows or withholds is named, with file and line', () => {
  const [found, ...others] = issuesOf(file(status + line(rest.replace('address, ', ''))));
  expect(others).toEqual([]);
  expect(found).toMatchObject({ rule: 'projection-element-missing', at: 15 });
  expect(found?.message).toContain('ggz-selected.yaml: no line allows or withholds Endpoint.address');
});

test.each([
  ['a base element of every resource', everywhere.replace('text, ', ''), 'Endpoint.text'],
  ['contained resources', everywhere.replace('contained, ', ''), 'Endpoint.contained'],
  ['the extensions of a primitive', everywhere.replace(', _*', ''), 'Endpoint._status'],
])('so is %s', (_, more, path) => {
  const text = file(status + line(rest), more);
  expect(issuesOf(text)).toMatchObject([{ rule: 'projection-element-missing' }]);
  expect(issuesOf(text)[0]?.message).toContain(path);
});

test('so is a part of an element that a line allows without a form, and a choice in every type', () => {
  const part = line('allow: period') + line('allow: period.start\n            as: date or time');
  const text = file(status + line(rest.replace('period, ', '')) + part);
  expect(issuesOf(text).map(({ message }) => message)).toEqual([expect.stringContaining('Endpoint.period.end')]);
  const choice = file(
    line('withhold: [status, type, code]') +
      line('allow: input') +
      line('allow: input.valueCanonical\n            as: text'),
  ).replace('Endpoint', 'Task');
  expect(issuesOf(choice).map(({ message }) => message)).toEqual(
    expect.arrayContaining([expect.stringContaining('Task.input.valueString')]),
  );
});

test('a misspelt path is reported with the name that it probably is', () => {
  const found = issuesOf(file(status + line(rest.replace('payloadType', 'payloadTyp'))));
  expect(found[0]).toMatchObject({ rule: 'projection-path-unknown' });
  expect(found[0]?.message).toContain('Endpoint.payloadTyp. Correct the name: payloadType');
});

test.each([
  ['projection-form-missing', line('allow: status') + line(rest)],
  ['projection-form-mismatch', line('allow: status\n            as: BSN') + line(rest)],
  ['config-value-invalid', line('allow: status\n            as: cod') + line(rest)],
  ['projection-line-unreachable', status + line(rest) + line('withhold: period.start')],
  ['config-duplicate', status + line('withhold: status') + line(rest)],
  ['config-duplicate', status + status + line(rest)],
  [
    'projection-condition-unknown',
    line('allow: status\n            as: code\n            when: it rains') + line(rest),
  ],
  [
    'projection-condition-unknown',
    status +
      line(rest.replace('identifier, ', '')) +
      line('allow: identifier\n            as: own identifier') +
      line('withhold: identifier\n            where: it rains'),
  ],
  ['config-value-invalid', line('allow: status\n            withhold: status\n            as: code') + line(rest)],
  ['config-key-unknown', line('permit: status\n            as: code') + line(rest)],
  [
    'projection-path-unknown',
    status + line(rest.replace('contact, ', '')) + line('allow: contact\n            needs: [valeu]'),
  ],
])('%s', (rule, lines) => {
  expect(issuesOf(file(lines)).map((it) => it.rule)).toContain(rule);
});

test('projection-system-unknown: a code system of the network is checked against its profiles', () => {
  const code = line('allow: payloadType\n            as: codes of use-cas');
  const text = file(status + line(rest.replace('payloadType, ', '')) + code);
  expect(issuesOf(text, new Set())).toMatchObject([{ rule: 'projection-system-unknown' }]);
  expect(issuesOf(text)).toEqual([]);
});

test('projection-same-unresolved: no such message, and a circle', () => {
  const same = (target: string) =>
    `recipient: ggz\nphase: selected\nsummary: { en: S., nl: S. }\nmessages:\n  referral:\n    why: { en: A reason., nl: Een reden. }\n    same-as: ${target}\n`;
  for (const target of ['{ recipient: gp }', '{ message: referral }'])
    expect(issuesOf(same(target))).toMatchObject([{ rule: 'projection-same-unresolved' }]);
});

test('config-unreadable: a recipient or phase without a file', () => {
  expect(compileProjections(empty.slice(1)).issues.map(({ message }) => message)).toEqual([
    expect.stringContaining('mappings/projections/gp-candidate.yaml'),
  ]);
});

test('two files for one recipient and phase, and a type that is none', () => {
  expect(compileProjections([...empty, empty[0]!]).issues).toMatchObject([{ rule: 'config-duplicate' }]);
  expect(issuesOf(file(status + line(rest)).replace('Endpoint', 'Endpiont'))).toMatchObject([
    { rule: 'projection-path-unknown' },
  ]);
});
