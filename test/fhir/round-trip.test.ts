import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adopt } from '../../src/fhir/adopt.ts';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { clone } from '../../src/fhir/clone.ts';
import { parseJson, writeJson } from '../../src/fhir/json.ts';
import { parseXml, writeXml } from '../../src/fhir/xml.ts';
import { bundleText, decimalDigits, resourceText } from '../support/fhir/arbitrary-resource.ts';

const runs = { numRuns: 300 };

test('JSON: what was read is written as it stood, to the last digit', () => {
  fc.assert(
    fc.property(resourceText, (text) => {
      expect(writeJson(parseJson(text))).toBe(text);
      expect(writeJson(clone(parseJson(text)))).toBe(text);
    }),
    runs,
  );
});

test('XML: any resource of R4 survives the way into XML and back, to the last digit', () => {
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: resourceText }, bundleText), (text) => {
      const resource = parseJson(text);
      const xml = writeXml(resource);
      expect(canonicalJson(parseXml(xml))).toBe(canonicalJson(resource));
      expect(writeXml(parseXml(xml))).toBe(xml);
    }),
    runs,
  );
});

test('XML: pretty printing changes white space only', () => {
  fc.assert(
    fc.property(resourceText, (text) => {
      const resource = parseJson(text);
      expect(canonicalJson(parseXml(writeXml(resource, { pretty: true })))).toBe(canonicalJson(resource));
    }),
    { numRuns: 100 },
  );
});

test('numbers: any digits survive JSON and XML', () => {
  fc.assert(
    fc.property(decimalDigits, (digits) => {
      const text = `{"resourceType":"Observation","valueQuantity":{"value":${digits}}}`;
      expect(writeJson(parseJson(text))).toBe(text);
      expect(writeXml(parseJson(text))).toContain(`<value value="${digits}"/>`);
      expect(writeJson(parseXml(writeXml(parseJson(text))))).toBe(text);
    }),
  );
});

test('adopt: every leaf value that is no address or id of an entry is still there, and the input is as it was', () => {
  fc.assert(
    fc.property(bundleText, (text) => {
      const bundle = parseJson(text) as never;
      let next = 0;
      const { bundle: adopted } = adopt(bundle, { newId: () => `new-${next++}`, identifierSystem: 'urn:test' });
      expect(writeJson(bundle)).toBe(text);
      const kept = leaves(adopted);
      const lost = leaves(bundle).filter((leaf) => !kept.includes(leaf));
      expect(lost.filter((leaf) => !/^entry\.\d+\.(fullUrl|resource\.id)=/.test(leaf))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}=${String(value)}`];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, path ? `${path}.${key}` : key));
}
