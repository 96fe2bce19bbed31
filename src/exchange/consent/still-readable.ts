import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Partner } from '../../directory/index.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { StoredResource } from '../../store/port.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { ownerOf } from '../memory/actors.ts';
import { find } from '../memory/memory.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { isStillPermitted, orderOfTask } from './still-permitted.ts';

type Deciding = Pick<Gateway, 'store' | 'network' | 'world' | 'grounds' | 'consentSource'>;

/** A Consent says what may be read; what a source outside knows was asked before it was disclosed. */
const byConsentsAlone = () => 'permit' as const;

/**
 * Whether a party of the social domain may still read what was disclosed to it: the Consent that it rests on also ends by its
 * period, which no commit announces. Undefined within care, where a right to read ends with the Task.
 */
export function stillReadable(
  gateway: Deciding,
  { id: reader, domain }: Pick<Partner, 'id' | 'domain'>,
): ((it: StoredResource) => Promise<boolean>) | undefined {
  if (domain !== 'social') return undefined;
  const { store, network, world } = gateway;
  const known = new Map<string, Promise<boolean>>();
  const holds = async (task: Task): Promise<boolean> => {
    const order = await orderOfTask(store, task);
    return !order || isStillPermitted(gateway, order, task, { now: world.now(), outside: byConsentsAlone });
  };
  return async ({ text }) => {
    const resource = parseJson(text);
    if (isType(resource, 'Task') || isSentBy(resource, reader)) return true;
    const own = (await tasksAbout(gateway, resource, reader)).filter((it) => ownerOf(network, it) === reader);
    if (own.length === 0) return true;
    for (const task of own) {
      if (!known.has(task.id)) known.set(task.id, holds(task));
      if (await known.get(task.id)) return true;
    }
    return false;
  };
}

/** The Tasks by which a partner got a resource: of the order itself, or about its person. */
async function tasksAbout(
  { store }: Deciding,
  resource: Resource,
  reader: string,
): Promise<readonly (Task & { readonly id: string })[]> {
  if (isType(resource, 'ServiceRequest'))
    return find<Task>(store, 'Task', 'focus', [`ServiceRequest/${resource.id}`], { reader });
  const { id, subject, patient } = resource as Resource &
    Partial<ServiceRequest> & { readonly patient?: { readonly reference?: string } };
  const person = isType(resource, 'Patient') ? `Patient/${id}` : (subject?.reference ?? patient?.reference);
  return person?.startsWith('Patient/') ? find<Task>(store, 'Task', 'patient', [person], { reader }) : [];
}
