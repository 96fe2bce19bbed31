import type { Extension, Task } from '@medplum/fhirtypes';
import { mgnProfile } from '../fhir/canonical.ts';
import { ownCoding } from '../vocabulary/concept.ts';
import { taskIdentifier } from '../vocabulary/identifiers.ts';
import { fulfillCoding } from '../vocabulary/task-verb.ts';

/** What the gateway itself asks people to find out, as a Coordination Task `escalate`. No data about a person. */
export type Escalation = {
  readonly id: string;
  readonly at: Date;
  /** Reference to the organisation of the network, which requests it. */
  readonly network: string;
  readonly owner: NonNullable<Task['owner']>;
  readonly basis: Extension | undefined;
  readonly useCase: string;
  readonly priority?: NonNullable<Task['priority']>;
  readonly description: string;
  readonly focus: NonNullable<Task['focus']>;
  readonly partOf?: NonNullable<Task['partOf']>;
  readonly input?: NonNullable<Task['input']>;
};

export const escalation = ({
  id,
  at,
  network,
  owner,
  basis,
  useCase,
  priority,
  description,
  focus,
  partOf,
  input = [],
}: Escalation): Task & { id: string } => ({
  resourceType: 'Task',
  id,
  meta: { profile: [mgnProfile('coordination-task')] },
  ...(basis ? { extension: [basis] } : {}),
  identifier: [taskIdentifier(id)],
  ...(partOf ? { partOf } : {}),
  status: 'requested',
  intent: 'order',
  ...(priority ? { priority } : {}),
  code: { coding: [fulfillCoding, ownCoding('task-code', 'escalate'), ownCoding('use-case', useCase)] },
  description,
  focus,
  authoredOn: at.toISOString(),
  requester: { reference: network },
  owner,
  ...(input.length ? { input } : {}),
});
