import { mgnNaming } from '../../../fhir/canonical.ts';
import type { AuditEvent } from '../../port.ts';
import { referenceKey } from '../keys.ts';

const systems: ReadonlySet<string> = new Set(['request-id', 'correlation-id', 'trace-id'].map(mgnNaming));

/** The ids of the exchange and the resources concerned, by which events are found: each once. */
export const mentionsOfEvents = (events: readonly AuditEvent[]): readonly string[] => [
  ...new Set(
    events.flatMap(({ entity = [] }) =>
      entity.flatMap(({ what }) => {
        const { identifier, reference } = what ?? {};
        const id = identifier?.value !== undefined && systems.has(identifier.system ?? '') ? [identifier.value] : [];
        return reference === undefined ? id : [...id, referenceKey(reference)];
      }),
    ),
  ),
];
