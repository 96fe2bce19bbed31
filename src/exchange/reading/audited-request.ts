import type { Caller } from '../../access/index.ts';
import type { AuditedInteraction } from '../../audit/event.ts';
import { type Envelope, uuid } from './envelope.ts';

/** Lower case, as ids are stored and searched. Undefined for other text, which could identify a person. */
const plainId = (id: string | undefined): string | undefined => (id && uuid.test(id) ? id.toLowerCase() : undefined);

/** Properties of the request that the audit event of a refusal records. */
export type AuditedRequest = Pick<
  Envelope,
  'requestId' | 'correlationId' | 'traceId' | 'address' | 'reference' | 'since'
>;

export const tracesOf = ({ requestId, correlationId, traceId, address }: AuditedRequest) =>
  Object.fromEntries(
    Object.entries({
      requestId: plainId(requestId),
      correlationId: plainId(correlationId),
      traceId: plainId(traceId),
      address,
    }).filter(([, value]) => value),
  ) as Pick<AuditedInteraction, 'requestId' | 'correlationId' | 'traceId' | 'address'>;

export const agentOf = (caller: Caller | undefined): Pick<AuditedInteraction, 'partner'> =>
  caller ? { partner: { id: caller.id, name: caller.name, roles: caller.roles, ...personOf(caller) } } : {};

/** Who of its people, without a name. */
function personOf({ person }: Caller): Pick<NonNullable<AuditedInteraction['partner']>, 'person'> {
  if (!person) return {};
  const { id, roles, assurance } = person;
  return { person: { id, roles, ...(assurance === undefined ? {} : { assurance }) } };
}
