import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Node } from '../../src/disclosure/projection/projection.ts';
import { ownProjections } from '../support/disclosure/projections.ts';

/** docs/guide/conversation.md tells people what passes: it must be neither more nor less than what does. */
const page = readFileSync(join(import.meta.dirname, '../../docs/guide/conversation.md'), 'utf8');
const request = ownProjections['social-domain'].message('selected', 'social-request');

/** Names of the elements below a path of which something may go out. */
function allowedBelow(type: string, path: readonly string[]): string[] {
  let node: Node | undefined = request.types.get(type)?.node;
  for (const name of path)
    node = node?.kind === 'parts' ? node.parts.find(({ property }) => property === name)?.node : undefined;
  return node?.kind === 'parts'
    ? node.parts
        .filter((it) => it.node.kind !== 'withheld')
        .map(({ property }) => (property === 'valueCanonical' ? 'value' : property))
    : [];
}

test.each([
  ['ServiceRequest', 'ServiceRequest', []],
  ['Task', 'Task', []],
  ['Patient', 'Patient', []],
  ['Goal', 'Goal', []],
  ['CarePlan.activity.detail', 'CarePlan', ['activity', 'detail']],
] as const)('the page lists the elements of %s that pass, and no other', (row, type, path) => {
  const rows = page.split('\n').filter((line) => line.startsWith(`| ${row} |`));
  const listed = rows.flatMap((line) =>
    [...(line.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, element]) => element),
  );
  expect(listed.sort()).toEqual(allowedBelow(type, path).sort());
});
