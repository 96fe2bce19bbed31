import { randomUUID } from 'node:crypto';
import type { Bundle, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';

const ta = 'https://fhir.twiin.nl/ig/workflow/CodeSystem/ta-workflow';

/** A code of TA Workflow, as a Twiin system writes it. */
export const twiin = (code: string) => ({ coding: [{ system: ta, code }] });
export const fulfill = { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] };

/** Owner of a Task as Twiin names it: by the identifier that its custodian assigned. */
export const service = (place: string, value: string) => ({
  type: 'HealthcareService' as const,
  identifier: {
    use: 'official' as const,
    system: `https://${place}.example/healthcareservice`,
    value,
    assigner: { identifier: { system: 'urn:oid:2.16.528.1.1007.3.3', value: '99990201' } },
  },
});

export const owners = {
  conversation: service('network-veen-en-mond', '002'),
  kade: service('ggz-de-kade', '008'),
  horizonland: service('ggz-horizonland', '009'),
  keerpunt: service('keerpunt-verslavingszorg', '012'),
};

export const person: Patient = {
  resourceType: 'Patient',
  id: randomUUID(),
  identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999901102' }],
  name: [{ family: 'Boomkens', given: ['Sterre'] }],
  birthDate: '1990-02-28',
  address: [{ use: 'home', postalCode: '1282AB', city: 'Zonnerveen', country: 'NL' }],
};

export const orderOf = (more: Partial<ServiceRequest> = {}): ServiceRequest => ({
  resourceType: 'ServiceRequest',
  id: randomUUID(),
  status: 'active',
  intent: 'order',
  instantiatesCanonical: ['https://placer.example/fhir/ActivityDefinition/transfer-of-care'],
  code: { coding: [{ system: 'http://snomed.info/sct', code: '308292007' }] },
  subject: { reference: `Patient/${person.id}` },
  authoredOn: '2026-10-09T08:55:00+02:00',
  ...more,
});

export const taskOf = (order: ServiceRequest, more: Partial<Task> = {}): Task => ({
  resourceType: 'Task',
  id: randomUUID(),
  meta: { profile: ['https://fhir.twiin.nl/ig/workflow/StructureDefinition/twiin-coordination-task'] },
  identifier: [{ system: 'https://placer.example/task', value: randomUUID() }],
  status: 'requested',
  intent: 'order',
  code: fulfill,
  focus: { reference: `ServiceRequest/${order.id}` },
  for: order.subject as NonNullable<Task['for']>,
  authoredOn: '2026-10-09T09:00:00+02:00',
  requester: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '99990101' } },
  owner: owners.conversation,
  input: [
    { type: twiin('type-of-work'), valueCodeableConcept: order.code ?? {} },
    { type: twiin('supplemental-resource'), valueReference: order.subject },
    { type: twiin('supplemental-query'), valueString: `Observation?patient=${person.id}` },
  ],
  ...more,
});

/** A Task that invites a candidate: no person, no supplements. */
export const invitation = (order: ServiceRequest, owner: Task['owner'], more: Partial<Task> = {}): Task => {
  const {
    for: _,
    input: __,
    ...task
  } = taskOf(order, { code: twiin('request-fulfillment'), ...(owner ? { owner } : {}) });
  return { ...task, input: [{ type: twiin('type-of-work'), valueCodeableConcept: order.code ?? {} }], ...more };
};

export const sent = (order: ServiceRequest, ...tasks: readonly Task[]): Bundle =>
  ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [...tasks, order, person].map((resource) => ({
      fullUrl: `https://placer.example/fhir/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  }) as Bundle;
