import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tokensIn } from '../support/canary/encodings.ts';

const form = /Qz[b-m]{5}q/g;
const token = 'Qzbcdfgq';

test.each([
  ['as it is', token],
  ...['', 'a', 'ab', 'abc'].map((before) => [
    `base64 after ${before.length} bytes`,
    JSON.stringify({ data: Buffer.from(`${before}${token} en meer`).toString('base64') }),
  ]),
  ['base64 for addresses', `?state=${Buffer.from(`>>>?${token}`).toString('base64url')}`],
  ['percent', [...token].map((it) => `%${it.charCodeAt(0).toString(16)}`).join('')],
  ['JSON escapes', [...token].map((it) => `\\u00${it.charCodeAt(0).toString(16)}`).join('')],
  ['entities of XML', [...token].map((it) => `&#${it.charCodeAt(0)};`).join('')],
  ['gzip in base64', gzipSync(`een brief met ${token} erin, en nog wat`).toString('base64')],
  ['hexadecimal', Buffer.from(`x ${token}`).toString('hex')],
  ['percent of base64', encodeURIComponent(Buffer.from(`a ${token}?`).toString('base64'))],
])('a canary is found in %s', (_, text) => {
  expect(tokensIn(text, form)).toEqual([token]);
});

test('and where there is none, none is', () => {
  expect(tokensIn(Buffer.from('een brief zonder iets erin').toString('base64'), form)).toEqual([]);
});
