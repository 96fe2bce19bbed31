import { expect, test } from 'vitest';

/** The public surface as a user of the package sees it. */
test('mgn-gateway/fhirpath: now() and today() work without an environment', async () => {
  const { compile } = await import('mgn-gateway/fhirpath');
  expect(compile('now() > @2020-01-01T00:00:00Z and today() > @2020-01-01')({ resourceType: 'Patient' })).toEqual([
    true,
  ]);
});

test('mgn-gateway/fhir reads and writes', async () => {
  const { parseJson, parseXml, writeXml } = await import('mgn-gateway/fhir');
  const resource = parseJson('{"resourceType":"Patient","active":true}');
  expect(parseXml(writeXml(resource))).toEqual(resource);
  expect(() => parseJson('{"resourceType":')).toThrow(expect.objectContaining({ name: 'ParseError', line: 1 }));
});

test('mgn-gateway/validation gives verdicts, and an overlay leaves the original as it was', async () => {
  const { openValidator } = await import('mgn-gateway/validation');
  const validator = await openValidator({});
  expect(validator.validate({ resourceType: 'Patient', gender: 'none' }).verdict).toBe('invalid');
  const overlay = validator.with([
    { resourceType: 'CodeSystem', url: 'https://example.org/cs', status: 'active', content: 'complete' } as never,
  ]);
  expect([overlay.digest === validator.digest, validator.validate({ resourceType: 'Patient' }).verdict]).toEqual([
    false,
    'valid',
  ]);
});

test('mgn-gateway/mapping compiles and runs a map and leaves its input as it was', async () => {
  const { compileMap, parseMap } = await import('mgn-gateway/mapping');
  const text = `map "http://example.org/m" = "m"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias P as source
uses "http://hl7.org/fhir/StructureDefinition/Person" alias Q as target
group main(source src : P, target tgt : Q) {
  src.birthDate as date -> tgt.birthDate = date "birth";
}`;
  const input = Object.freeze({ resourceType: 'Patient', birthDate: '1980-01-01' });
  expect(parseMap(text, 'm.fml').resourceType).toBe('StructureMap');
  expect(compileMap([{ path: 'm.fml', text }]).run(input).output).toEqual({
    resourceType: 'Person',
    birthDate: '1980-01-01',
  });
});

test('mgn-gateway/validation: rules with today() have the clock of the process', async () => {
  const { openValidator } = await import('mgn-gateway/validation');
  const constraint = [{ key: 'own-1', severity: 'error' as const, human: 'x', expression: '$this <= today()' }];
  const profile = {
    resourceType: 'StructureDefinition',
    url: 'urn:past',
    name: 'Past',
    status: 'draft',
    kind: 'resource',
    abstract: false,
    type: 'Patient',
    derivation: 'constraint',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
    differential: { element: [{ id: 'Patient.birthDate', path: 'Patient.birthDate', constraint }] },
  };
  const validator = await openValidator({ definitions: [profile as never] });
  const verdictOn = (birthDate: string) =>
    validator.validate({ resourceType: 'Patient', birthDate }, { profiles: ['urn:past'] }).verdict;
  expect([verdictOn('1974-12-25'), verdictOn('2999-01-01')]).toEqual(['valid', 'invalid']);
});
