import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { canonicalBase } from '../../src/fhir/canonical.ts';
import { graphOf } from '../../src/fhir/graph.ts';
import { isType } from '../../src/fhir/resource.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';

const root = join(import.meta.dirname, '../..');
const path = join(root, 'mappings/referral/elz-bundle.fml');
const published = join(root, '../shared/data/elz-referral');

test('the canonical base in the map is that of the gateway', () => {
  expect(readFileSync(path, 'utf8').match(/https:\/\/[\w.]+\/fhir(?=\/StructureMap|';)/g)).toEqual([
    canonicalBase,
    canonicalBase,
  ]);
});

describe.skipIf(!existsSync(published))('the referral as Nictiz published it', () => {
  const names = existsSync(published) ? readdirSync(published).sort() : [];
  const entry = names.map((name) => ({ resource: parseXml(readFileSync(join(published, name), 'utf8')) }));
  const bundle = { resourceType: 'Bundle', type: 'collection', entry } as Bundle;
  const map = compileFolder(readMapFolder(path));
  const { output, issues, trace } = map.run(bundle, { trace: true, seed: 'published' });
  const graph = graphOf(output as Bundle);

  test('copies every value of the source', () => {
    expect(trace?.unread).toEqual([]);
  });

  test('copies every resource with its elements, and reports the only deviation that a map can detect', () => {
    expect(graph.resources.map(({ resourceType, id }) => `${resourceType}/${id}`)).toEqual(
      entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`),
    );
    expect(issues?.map(({ rule, severity, expression }) => [rule, severity, expression])).toEqual([
      ['order-status-normalised', 'warning', expect.stringMatching(/^Bundle\.entry\[\d+\]\.resource\.status$/)],
    ]);
  });

  test('copies the letter with the extensions and narrative of each section', () => {
    const source = entry.map(({ resource }) => resource).find((it) => isType(it, 'Composition'));
    const { meta: _, ...letter } = graph.first('Composition')!;
    const { meta: __, ...sent } = source!;
    expect(letter).toEqual(sent);
  });

  test('takes the reason of the order from the letter', () => {
    const order = graph.first('ServiceRequest');
    expect(order?.status).toBe('active');
    expect(order?.reasonReference?.map((it) => graph.resolve(it)?.resourceType)).toEqual(['Condition']);
    expect(order?.reasonCode).toHaveLength(1);
  });
});
