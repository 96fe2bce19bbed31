import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { canaries as newCanaries } from '../canary/plant.ts';
import { partnerAt } from '../exchange/partner-client.ts';
import { locationOf, resourceOf, type TestGateway } from '../test-gateway.ts';

const file = join(import.meta.dirname, '../../../examples/messages/001-referral-as-collection/input.json');

/** A referral with a canary in every element that it may have one in, which is accepted. Returns the canaries by their path. */
export async function canaryJourney(gateway: TestGateway): Promise<ReadonlyMap<string, string>> {
  const canaries = newCanaries();
  let last = await gateway.ask('GET', '/fhir/metadata');
  await canaries.plant(JSON.parse(readFileSync(file, 'utf8')) as Bundle, async (it) => {
    last = await partnerAt(gateway, 'gp-de-linde').post('', it);
    if (last.status < 300) return [];
    const { issue } = resourceOf<OperationOutcome>(last);
    return issue.filter(({ severity }) => severity === 'error').map(({ expression }) => expression?.[0] ?? '');
  });
  const team = partnerAt(gateway, 'registration-team');
  await team.move(locationOf(last, 'Task')!, { status: 'accepted' });
  const moved = await team.read<Task>(locationOf(last, 'Task')!);
  if (moved.status !== 'accepted') throw new Error('the Task was not accepted');
  return canaries.pathOf;
}

/** Forms in which a value may be in a file. */
export const encodings = (value: string): readonly Buffer[] => [
  Buffer.from(value),
  Buffer.from(value, 'utf16le'),
  Buffer.from(Buffer.from(value).toString('hex')),
  ...[0, 1, 2].map((shift) => {
    const text = Buffer.from('x'.repeat(shift) + value).toString('base64');
    return Buffer.from(text.slice(shift ? 4 : 0, Math.floor(text.length / 4) * 4 - 4));
  }),
];
