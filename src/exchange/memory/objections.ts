import type { Consent, ConsentProvision, ServiceRequest } from '@medplum/fhirtypes';
import { consentsOf } from './consents.ts';
import { ordersBefore } from './journey.ts';
import type { Memory } from './memory.ts';

/** Whether a Consent (toestemming) states an objection (bezwaar), itself or as an exception. */
export const objects = (it: ConsentProvision | undefined): boolean =>
  it !== undefined && (it.type === 'deny' || (it.provision ?? []).some(objects));

/**
 * The objections that are stored about the persons of these orders and of the orders before them, as objections of
 * `subject`: each order of a journey has a Patient of its own, and a person who objected need not object again.
 */
export async function objectionsBefore(
  memory: Memory,
  orders: readonly ServiceRequest[],
  subject: ServiceRequest['subject'],
): Promise<readonly Consent[]> {
  const journey = (await Promise.all(orders.map((it) => ordersBefore(memory, it)))).flat();
  const persons = [...new Set(journey.map((it) => it.subject.reference ?? ''))].filter((it) =>
    it.startsWith('Patient/'),
  );
  const found = await consentsOf(memory, persons);
  return found
    .filter(({ provision }) => objects(provision))
    .map((it) => ({ ...it, patient: subject as NonNullable<Consent['patient']> }));
}
