import type { Parameters } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { type UnknownCodeLine, unknownCodeList } from '../exchange/maps/unknown-codes.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { forReader } from './reader.ts';
import { reply } from './reply.ts';

/** GET StructureMap/$unknown-codes: codes that no table contains, with the ids of their messages. Operator only. */
export const unknownCodes = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'unknown-codes', async () => {
    const lines = await unknownCodeList(gateway);
    const body: Parameters = { resourceType: 'Parameters', ...(lines.length ? { parameter: lines.map(line) } : {}) };
    return { kind: 'shown', response: reply(context, body, 200), references: [] };
  });

const line = (it: UnknownCodeLine): NonNullable<Parameters['parameter']>[number] => ({
  name: 'unknown-code',
  part: [
    ...(it.map ? [{ name: 'map', valueCanonical: it.map }] : []),
    { name: 'table', valueString: it.table },
    ...(it.system ? [{ name: 'system', valueUri: it.system }] : []),
    ...(it.code === undefined ? [] : [{ name: 'code', valueString: it.code }]),
    { name: 'handling', valueCode: it.handling },
    { name: 'count', valueInteger: it.count },
    { name: 'first-seen', valueInstant: it.firstSeen.toISOString() },
    { name: 'last-seen', valueInstant: it.lastSeen.toISOString() },
    ...it.messages.map((id) => ({ name: 'message', valueString: id })),
  ],
});
