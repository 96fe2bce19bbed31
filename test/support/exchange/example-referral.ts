import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEvent, Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { expect } from 'vitest';
import type { ResourceOf } from '../../../src/fhir/resource.ts';
import type { Log } from '../../../src/main/log.ts';
import { type Asking, resourceOf, rulesOf, type TestGateway } from '../test-gateway.ts';

export const referralText = readFileSync(
  join(import.meta.dirname, '../../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);

/** The example referral, changed. */
export function referralWith(change: (bundle: Bundle) => void): Bundle {
  const bundle = JSON.parse(referralText) as Bundle;
  change(bundle);
  return bundle;
}

export const partOf = <T extends 'Patient' | 'Task' | 'Condition' | 'ServiceRequest' | 'Organization'>(
  bundle: Bundle,
  type: T,
) => bundle.entry!.find(({ resource }) => resource?.resourceType === type)!.resource as ResourceOf<T>;

/** The person of the example: none of this may show where it has no business. */
export const person = /9999\d{5}|Proefpersoon|Testa\b|0600000001|Somber/;

/** A log that can be read back. */
export function recordingLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const write = (line: object) => void lines.push(JSON.stringify(line));
  return { log: { info: write, error: write }, lines };
}

export const auditOf = async ({ store }: TestGateway, requestId: string): Promise<AuditEvent[]> =>
  (await store.audit({ requestId: requestId.toLowerCase(), count: 50 })).items.map(
    ({ text }) => JSON.parse(text) as AuditEvent,
  );

/** What every refusal promises: its status and rule, nothing stored or sent, on record, and no person in any of it. */
export async function expectRefusal(
  gateway: TestGateway,
  [method, path, asking]: readonly ['GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string, Asking],
  [status, rule]: readonly [number, string],
): Promise<void> {
  const requestId = randomUUID();
  const before = await gateway.store.depth();
  const answer = await gateway.ask(method, path, {
    as: 'gp-de-linde',
    requestId,
    ...asking,
    headers: { 'x-request-id': requestId, ...asking.headers },
  });
  expect([answer.status, rulesOf(answer)[0]], answer.text.slice(0, 500)).toEqual([status, rule]);
  const outcome = resourceOf<OperationOutcome>(answer);
  expect(outcome.issue[0]?.details?.coding?.[0]?.code, 'who is at fault').toMatch(/^(sender|gateway)$/);
  expect((await gateway.store.depth()).waiting, 'nothing goes out').toBe(before.waiting);
  expect(await gateway.store.messageByRequest('gp-de-linde', requestId), 'nothing is kept').toBeUndefined();
  const events = await auditOf(gateway, requestId);
  expect(events.map(({ outcome: it }) => it)).toEqual([status < 500 ? '4' : '8']);
  expect(events[0]?.outcomeDesc).toContain(rule);
  for (const told of [answer.text, JSON.stringify(answer.headers), JSON.stringify(events)])
    expect(told).not.toMatch(person);
}
