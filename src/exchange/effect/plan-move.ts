import type { Task } from '@medplum/fhirtypes';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Guard } from '../../store/port.ts';
import { ownProfiles } from '../../vocabulary/own-profile.ts';
import { type Effects, isQuestion, type OrderGraph } from '../../workflow/index.ts';
import { dispatchesOf } from '../disclose/dispatch.ts';
import { shapeIssues } from '../disclose/shape.ts';
import { statusDisclosures } from '../disclose/status-disclosures.ts';
import { resourceAsSeen } from '../memory/as-seen.ts';
import { changeFor, type VersionedEffect, versioned, versionOf } from '../memory/versioned-effect.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { refusingIssues, validated } from '../pipeline/validated.ts';
import type { Received } from '../reading/envelope.ts';
import type { Consequence, Consequences, Moved } from './consequence.ts';
import { consequences as always } from './consequences.ts';

/**
 * The effects of a move on its order, as the state machine returns them, with the consequences of this interaction
 * alone.
 */
export type PlannedMove = Pick<Effects, 'effects' | 'rule'> & {
  readonly graph: OrderGraph;
  readonly interaction: string;
  readonly consequences?: readonly Consequence[];
};

/** One commit of a move and its consequences: new versions, rights to read, and disclosures. */
export async function planMove(
  gateway: Gateway,
  received: Received,
  planned: PlannedMove,
): Promise<Result<CommitPlan>> {
  const { graph, effects, rule, interaction } = planned;
  const { at, partner } = received;
  const moved: Moved = {
    graph,
    effects,
    rule,
    versioned: effects.map((it) => versioned(it, at)),
    mover: partner.id,
    at,
  };
  for (const { resource } of moved.versioned) {
    const report = await validated(gateway, resource, { profiles: ownProfiles(resource) });
    if (report.verdict !== 'valid') return failure(...refusingIssues(report.issues));
  }
  const merged = await consequencesOf(gateway, moved, [...(planned.consequences ?? []), ...always]);
  if (!merged.ok) return merged;
  const { replaced, changes, grants, revocations, withdrawals, guards, disclosures, feedback } = merged.value;
  const stored = moved.versioned.map((it) => replaced.find(({ resource }) => resource.id === it.resource.id) ?? it);
  const tasks = stored.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource] : []));
  const status = tasks
    .flatMap((task) => statusDisclosures(gateway, task, partner.id, at))
    .filter((it) => !isIncluded(it, disclosures));
  const unshaped = shapeIssues(gateway, disclosures);
  if (unshaped.length) return failure(...unshaped);
  const main = stored[0]!;
  return success({
    interaction,
    action: main.isNew ? 'C' : 'U',
    body: resourceAsSeen(gateway.network, main.resource, partner),
    location: `${main.resource.resourceType}/${main.resource.id}`,
    version: versionOf(main.resource),
    steps: [],
    decisions: {
      rule,
      effects: moved.versioned.map(effectRecord),
      receipts: [...disclosures, ...feedback].map(({ receipt }) => receipt),
    },
    changes: [...stored.map((it) => changeFor(gateway, it, partner.id)), ...changes],
    guards: [...guardsOf(moved), ...guards],
    grants,
    revocations,
    withdrawals,
    disclosures: [...disclosures, ...status, ...feedback],
    dispatches: dispatchesOf(gateway, [...disclosures, ...status, ...feedback]),
    codes: [],
  });
}

/** All consequences merged; the first refusal refuses the move. */
async function consequencesOf(
  gateway: Gateway,
  moved: Moved,
  list: readonly Consequence[],
): Promise<Result<Required<Consequences>>> {
  const found: Consequences[] = [];
  for (const consequence of list) {
    const result = await consequence(gateway, moved);
    if (!result.ok) return result;
    found.push(result.value);
  }
  return success({
    replaced: found.flatMap(({ replaced = [] }) => replaced),
    changes: found.flatMap(({ changes = [] }) => changes),
    grants: found.flatMap(({ grants = [] }) => grants),
    revocations: found.flatMap(({ revocations = [] }) => revocations),
    withdrawals: found.flatMap(({ withdrawals = [] }) => withdrawals),
    guards: found.flatMap(({ guards = [] }) => guards),
    disclosures: found.flatMap(({ disclosures = [] }) => disclosures),
    feedback: found.flatMap(({ feedback = [] }) => feedback),
  });
}

const effectRecord = ({ rule, resource }: VersionedEffect) => ({
  rule,
  resource: `${resource.resourceType}/${resource.id}`,
});

/** Moves that depend on the state of the whole order are valid only while it has not changed. */
const rulesOnWholeOrder: readonly string[] = ['complete', 'select', 'appointment'];

function guardsOf({ graph: { order, tasks }, versioned: moved, rule }: Moved): Guard[] {
  const [main] = moved;
  const isOfQuestion = isType(main?.resource, 'Task') && isQuestion(main.resource as Task);
  if (!rulesOnWholeOrder.includes(rule) && !isOfQuestion) return [];
  const changed = new Set(moved.map(({ resource }) => resource.id));
  return [...(order ? [order] : []), ...tasks]
    .filter(({ id }) => !changed.has(id ?? ''))
    .map((it) => ({ type: it.resourceType, id: it.id ?? '', version: versionOf(it as Identified) }));
}

/** A party that gets the Task with its content does not get its status too. */
const isIncluded = ({ partner, bundle }: Disclosure, disclosures: readonly Disclosure[]): boolean =>
  disclosures.some(
    (it) => it.partner === partner && resourcesOf(it.bundle).some(({ id }) => id === resourcesOf(bundle)[0]?.id),
  );
