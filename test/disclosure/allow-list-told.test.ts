import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { socialAllowList } from '../../src/disclosure/social-allow-list.ts';

/** docs/guide/conversation.md tells people what passes: it must be neither more nor less than what does. */
const page = readFileSync(join(import.meta.dirname, '../../docs/guide/conversation.md'), 'utf8');
const from = {
  ServiceRequest: 'order',
  Task: 'task',
  Patient: 'person',
  Goal: 'goal',
  'CarePlan.activity.detail': 'activity',
} as const;

test.each(Object.entries(from))('the page lists the elements of %s that pass, and no other', (type, name) => {
  const rows = page.split('\n').filter((line) => line.startsWith(`| ${type} |`));
  const listed = rows.flatMap((row) =>
    [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, element]) => element),
  );
  const all = socialAllowList({ lifeDomain: () => true, contactData: true, bsn: true });
  expect(listed.sort()).toEqual(Object.keys(all[name]).sort());
});
