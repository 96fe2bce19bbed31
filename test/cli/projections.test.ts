import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mgn as runMgn } from '../support/cli/mgn.ts';
import { projectionFolder } from '../support/disclosure/projections.ts';

/** `mgn projections` from where the privacy officer of a network stands: a folder that somebody copied and edited. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-projections-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const mgn = (...args: readonly string[]) => runMgn(['projections', ...args], folder);

function edited(name: string, file: string, change: (text: string) => string): string {
  const made = join(folder, name);
  cpSync(projectionFolder, made, { recursive: true });
  writeFileSync(join(made, file), change(readFileSync(join(made, file), 'utf8')));
  return made;
}

test('check compiles the projections of the product and reports their totals', async () => {
  const { out, code } = await mgn('check');
  expect(code).toBe(0);
  expect(out).toMatch(
    /social-domain, selected, social-request: 5 types, 0 of them whole; \d+ lines allow, \d+ withhold/,
  );
  expect(out).toContain('person, selected: nothing goes out');
});

test('check reports an element that no line decides, with file and line, in both languages', async () => {
  const made = edited('open', 'social-domain-selected.yaml', (text) =>
    text.replace('[note, patientInstruction, orderDetail]', '[note, orderDetail]'),
  );
  const english = await mgn('check', '--folder', made);
  expect(english.code).toBe(1);
  expect(english.err).toMatch(
    /social-domain-selected\.yaml:\d+:\d+: error projection-element-missing: no line allows or withholds ServiceRequest\.patientInstruction/,
  );
  const dutch = await mgn('check', '--folder', made, '--language', 'nl');
  expect(dutch.err).toMatch(/geen regel staat ServiceRequest\.patientInstruction toe/);
});

test('test runs the cases beside the files, and a changed line is a difference', async () => {
  expect((await mgn('test')).out).toMatch(/(\d+) of \1 cases as expected/);
  const made = edited('more', 'social-domain-selected.yaml', (text) => text.replace('as: family name', 'as: text'));
  const { out, code } = await mgn('test', '--folder', made);
  expect(code).toBe(0);
  const withheld = edited('less', 'social-domain-selected.yaml', (text) =>
    text.replace('as: postal code', 'as: exactly X'),
  );
  const differing = await mgn('test', '--folder', withheld);
  expect(out).toContain('as expected');
  expect(differing.code).toBe(1);
  expect(differing.out).toMatch(/differs municipality-with-bsn-and-contact-data/);
  expect((await mgn('test', '--folder', withheld, '--update')).code).toBe(0);
});

test('explain says line by line what goes out, by path and without a value', async () => {
  const file = join(projectionFolder, 'tests/municipality-without-contact-data/input.json');
  const { out, code } = await mgn(
    'explain',
    'social-domain',
    file,
    '--message',
    'social-request',
    '--permit',
    'goals',
    'finances',
  );
  expect(code).toBe(0);
  expect(out).toMatch(/\+ Patient\.name\[0\]\.family: goes out \(.*social-domain-selected\.yaml:\d+\)/);
  expect(out).toMatch(/- Patient\.name\[0\]\.text: withheld \(.*\)\. The text of a name can contain anything/);
  expect(out).toMatch(/- Patient\.telecom\[0\]: withheld .*or not: contact data permitted/);
  expect(out).toMatch(/± ServiceRequest\.category\[0\]: goes out in part/);
  expect(out).toMatch(/- Observation: withheld\. No line allows this type/);
  expect(out).not.toMatch(/Vries|Sanne|Depressie|999900018|Dorpsstraat/);
  const dutch = await mgn('explain', 'social-domain', file, '--message', 'social-request', '--language', 'nl');
  expect(dutch.out).toMatch(/blijft achter/);
  expect((await mgn('explain', 'person', file)).out).toBe('Nothing of it goes out.\n');
  expect((await mgn('explain', 'wijkteam', file)).err).toMatch(/Name a recipient: gp, ggz/);
});
