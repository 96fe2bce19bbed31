import type { Parameters } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { type SilentLine, silentList } from '../watchdog/index.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

/** GET Task/$silent: Tasks past their deadline, with the phone of the owner, without personal data. Operator only. */
export const silentTasks = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'silent', async () => {
    const lines = await silentList(gateway, gateway.world.now());
    const body: Parameters = { resourceType: 'Parameters', ...(lines.length ? { parameter: lines.map(line) } : {}) };
    return { kind: 'shown', response: reply(context, body, 200), references: [] };
  });

const line = (it: SilentLine): NonNullable<Parameters['parameter']>[number] => ({
  name: 'silent',
  part: [
    { name: 'task', valueReference: { reference: it.task } },
    { name: 'use-case', valueCode: it.useCase },
    { name: 'status', valueCode: it.status },
    { name: 'priority', valueCode: it.priority },
    { name: 'owner', valueString: it.owner },
    ...(it.phone ? [{ name: 'phone', valueString: it.phone }] : []),
    { name: 'since', valueInstant: it.since.toISOString() },
    ...it.passed.map(({ rule, due, raised }) => ({
      name: 'deadline',
      part: [
        { name: 'rule', valueCode: rule },
        { name: 'due', valueInstant: due.toISOString() },
        { name: 'raised', valueBoolean: raised },
      ],
    })),
  ],
});
