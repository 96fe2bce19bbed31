import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';

const folder = join(import.meta.dirname, '../../../examples/messages/001-referral-as-collection');
const referralText = readFileSync(join(folder, 'input.json'), 'utf8');

export const referral = (): Bundle => JSON.parse(referralText) as Bundle;

type Onward = { readonly basedOn: string; readonly partOf: string };

/** The same person's order as a transfer, asked of several candidates, or of one when `directed`. */
export function transferOf(candidates: readonly string[], how: { onward?: Onward; directed?: true } = {}): Bundle {
  const bundle = referral();
  const entries = bundle.entry ?? [];
  const at = (type: string) => entries.find(({ resource }) => resource?.resourceType === type)!;
  const order = at('ServiceRequest').resource as ServiceRequest;
  const { fullUrl, resource } = at('Task');
  const task = resource as Task;
  const useCase = { system: 'https://mgn.example/fhir/CodeSystem/mgn-use-case', code: 'transfer' };
  order.category = [{ coding: [useCase] }];
  order.identifier = [{ system: 'https://ehr.example/orders', value: randomUUID() }];
  if (how.onward) {
    order.intent = 'filler-order';
    order.basedOn = [{ reference: how.onward.basedOn }];
  }
  const verb = how.directed
    ? { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }
    : { system: 'https://mgn.example/fhir/CodeSystem/mgn-task-code', code: 'request-fulfillment' };
  const tasks = candidates.map((owner, index) => {
    const { for: person, description: _, note: __, ...rest } = task;
    return {
      fullUrl: index === 0 ? fullUrl! : `urn:uuid:${randomUUID()}`,
      resource: {
        ...rest,
        ...(how.directed && person ? { for: person } : {}),
        identifier: [{ system: 'https://ehr.example/tasks', value: randomUUID() }],
        code: { coding: [verb, useCase] },
        ...(how.onward ? { partOf: [{ reference: how.onward.partOf }] } : {}),
        owner: { reference: `HealthcareService/${owner}` },
      } as Task,
    };
  });
  const meta = how.directed
    ? bundle.meta!
    : { profile: ['https://mgn.example/fhir/StructureDefinition/mgn-solicitation-bundle'] };
  return { ...bundle, meta, entry: [...entries.filter((it) => it.resource !== task), ...tasks] };
}
