import { expect, test } from 'vitest';
import { compileTest } from '../../src/fhirpath/index.ts';

const holds = compileTest('htmlChecks()', { type: 'xhtml' });
const div = (inner: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;

const good = [
  div('Test'),
  div(
    '<p style="color: red" class="x" id="a">Some <b>bold</b> <a href="https://example.org/?a=1&amp;b=2">link</a></p>',
  ),
  div('<table><tbody><tr><td colspan="2">&#233;&nbsp;</td></tr></tbody></table>'),
  div('<img src="#photo" alt="photo"/>'),
  div('<!-- remark --> text'),
];
const bad: Readonly<Record<string, string>> = {
  'no text': div('  '),
  'not a div': '<p xmlns="http://www.w3.org/1999/xhtml">x</p>',
  'another namespace': '<div xmlns="urn:x">x</div>',
  'no namespace': '<div>x</div>',
  script: div('<script>alert(1)</script>x'),
  'an event': div('<b onclick="x()">x</b>'),
  form: div('<form>x</form>'),
  frame: div('<iframe src="x"/>x'),
  'script in a link': div('<a href=" java\tscript:x">x</a>'),
  'not well-formed': div('<b>x'),
  'two roots': div('x') + div('y'),
  entity: `<!DOCTYPE div [<!ENTITY x "y">]>${div('&x;')}`,
  'text outside': `x${div('y')}`,
  depth: div(`${'<b>'.repeat(10_000)}x${'</b>'.repeat(10_000)}`),
};

test.each(good)('%s is a narrative', (text) => expect(holds(text)).toBe(true));
test.each(Object.entries(bad))('%s is refused', (_, text) => expect(holds(text)).toBe(false));
