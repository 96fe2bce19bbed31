import type { AuditEvent, AuditEventAgent } from '@medplum/fhirtypes';
import { mgnNaming } from '../fhir/canonical.ts';
import { catalogue } from '../fhir/catalogue/index.ts';
import { parseJson } from '../fhir/json.ts';
import type { AuditRow } from '../store/port.ts';

/** An event of the audit trail, reduced to ids, codes and parties. */
export type AuditLine = {
  /** Order of writing. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly outcome: 'success' | 'refused' | 'failed';
  readonly interaction: string;
  /** FHIR's code: C, R, U, D or E. */
  readonly action: string;
  /** The step of the pipeline that refused. */
  readonly step?: string;
  /** Codes of findings, or the id of a deadline. */
  readonly codes: readonly string[];
  /** Ids of `partners.yaml`; `mgn-gateway` is the gateway itself. */
  readonly partner?: string;
  /** Who of the people of the partner, as its login names that person. */
  readonly person?: string;
  readonly recipient?: string;
  readonly address?: string;
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
  /** `Type/id` of the resources concerned. */
  readonly references: readonly string[];
  /** Number of interactions that the event stands for. */
  readonly count?: number;
};

const outcomes: Readonly<Record<string, AuditLine['outcome']>> = { '0': 'success', '4': 'refused', '8': 'failed' };

/** Reads an event that audit/event.ts wrote. */
export function auditLineOf({ seq, text }: AuditRow): AuditLine {
  const event = parseJson(text) as AuditEvent;
  const { entity = [], agent = [] } = event;
  const count = entity.flatMap(({ detail = [] }) => detail).find(({ type }) => type === 'count')?.valueString;
  return {
    seq,
    at: event.recorded,
    outcome: outcomes[event.outcome ?? ''] ?? 'failed',
    interaction: event.subtype?.[0]?.code ?? '',
    action: event.action ?? '',
    ...described(event),
    ...property('partner', partnerOf(agent.find(({ requestor }) => requestor))),
    ...property('person', agent.find(({ requestor }) => requestor)?.altId),
    ...property('recipient', partnerOf(agent.find(({ requestor }) => !requestor))),
    ...property('address', agent.find(({ requestor }) => requestor)?.network?.address),
    ...property('requestId', idOf(event, 'request-id')),
    ...property('correlationId', idOf(event, 'correlation-id')),
    ...property('traceId', idOf(event, 'trace-id')),
    references: entity.flatMap(({ what }) => what?.reference ?? []),
    ...(count === undefined ? {} : { count: Number(count) }),
  };
}

/** A code of the catalogue is one word; the name of a step, which stands before the codes, may have several. */
function described({ outcomeDesc }: AuditEvent): Pick<AuditLine, 'step' | 'codes'> {
  // the reason of a delivery is a code, a colon and its details
  const words = outcomeDesc?.split(/:? /) ?? [];
  const first = words.findIndex((word) => Object.hasOwn(catalogue, word));
  return first > 0 ? { step: words.slice(0, first).join(' '), codes: words.slice(first) } : { codes: words };
}

const partnerOf = (agent: AuditEventAgent | undefined): string | undefined => agent?.who?.identifier?.value;

const idOf = ({ entity = [] }: AuditEvent, name: string): string | undefined =>
  entity.find(({ what }) => what?.identifier?.system === mgnNaming(name))?.what?.identifier?.value;

const property = <K extends string>(name: K, value: string | undefined): { readonly [key in K]?: string } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [key in K]?: string });
