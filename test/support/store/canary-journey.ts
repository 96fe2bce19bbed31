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
const encodings = (value: string): readonly Buffer[] => [
  Buffer.from(value),
  Buffer.from(value, 'utf16le'),
  Buffer.from(Buffer.from(value).toString('hex')),
  ...[0, 1, 2].map((shift) => {
    const text = Buffer.from('x'.repeat(shift) + value).toString('base64');
    return Buffer.from(text.slice(shift ? 4 : 0, Math.floor(text.length / 4) * 4 - 4));
  }),
];

/** The values that are in these bytes in any of these forms. All values have the same length, so that each form has too. */
export function valuesIn(bytes: Buffer, values: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const forms = values.map(encodings);
  for (const index of forms[0]?.keys() ?? []) {
    const known = new Map(forms.map((it, n) => [it[index]!.toString('latin1'), values[n]!]));
    const [first = ''] = known.keys();
    const size = first.length;
    let prefix = first;
    for (const it of known.keys()) while (!it.startsWith(prefix)) prefix = prefix.slice(0, -1);
    if (prefix.length < 2) throw new Error('the values begin differently');
    const start = Buffer.from(prefix, 'latin1');
    for (let at = bytes.indexOf(start); at >= 0; at = bytes.indexOf(start, at + 1)) {
      const value = known.get(bytes.toString('latin1', at, at + size));
      if (value !== undefined) found.add(value);
    }
  }
  return [...found];
}
