/**
 * Writes the inputs of the cases `full-*` of mappings/projections: of every message with lines, each type with a value in
 * every element. Run it when R4 elements or forms change, then `mgn projections test --update`, and read the difference.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { messageNames, phases, recipientKinds } from '../../../src/disclosure/projection/file.ts';
import type { MessageProjection } from '../../../src/disclosure/projection/projection.ts';
import { fullResource } from './full-resource.ts';
import { ownProjections, projectionFolder } from './projections.ts';

const variantsOf = (resource: Readonly<Record<string, unknown>>): object[] =>
  resource.resourceType !== 'Task'
    ? [resource]
    : [
        resource,
        { ...resource, status: 'rejected' },
        {
          ...resource,
          code: { coding: [{ system: 'https://mgn.example/fhir/CodeSystem/mgn-use-case', code: 'case-consultation' }] },
        },
      ];

const seen = new Set<unknown>();
const write = (name: string, details: object, message: MessageProjection): void => {
  const whole = [...message.types.values()]
    .filter(({ node }) => node === undefined)
    .map(({ type }) => ({ resource: { resourceType: type, id: 'whole' } }));
  const partly = [...message.types.values()]
    .filter(({ node }) => node !== undefined && !node.rest)
    .flatMap((type) => variantsOf(fullResource(type)).map((resource) => ({ resource })));
  const entry = [...partly, ...whole];
  if (entry.length === 0) return;
  const folder = join(projectionFolder, 'tests', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'case.yaml'), stringify(details));
  writeFileSync(
    join(folder, 'input.json'),
    `{"resourceType":"Bundle","type":"collection","entry":[\n${entry.map((it) => JSON.stringify(it)).join(',\n')}\n]}\n`,
  );
};

for (const recipient of ['ggz', ...recipientKinds] as const)
  for (const phase of phases)
    for (const name of messageNames) {
      const message = ownProjections[recipient].message(phase, name);
      if (message.types.size === 0 || seen.has(message.types)) continue;
      seen.add(message.types);
      const story = 'A value in every element: what goes out is no more and no less than the lines allow.';
      const all = ['contact-data', 'bsn', 'goals', 'activities', 'content'];
      const details = { story, recipient, phase, message: name, permissions: all, 'life-domains': ['finances'] };
      write(`full-${recipient}-${phase}-${name}`, details, message);
    }
