import { expect, test } from 'vitest';
import { returnPath } from '../../../src/access/people/return-path.ts';

test.each(['/fhir/Task?status=requested', '/orders/1#deliveries', '/', '/a%2F%2Fevil.example'])(
  'a path of the gateway stays: %s',
  (path) => {
    expect(returnPath(path)).toBe(path);
  },
);

test.each([
  undefined,
  '',
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example',
  '\\/evil.example',
  '/.//evil.example',
  '/%0d%0aSet-Cookie:x/..//evil.example\r\n',
  '/a/..//evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  'evil.example',
  '/login?return=/x',
  '/logout',
  '/./logout',
  `/${'a'.repeat(3_000)}`,
])('anything else leads home: %s', (path) => {
  expect(returnPath(path)).toBe('/');
});
