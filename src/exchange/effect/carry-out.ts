import type { Bundle, Task } from '@medplum/fhirtypes';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Change, Grant, Guard } from '../../store/port.ts';
import { type Effects, isQuestion, type OrderGraph } from '../../workflow/index.ts';
import { appointmentShares } from '../disclose/appointment-disclosures.ts';
import { dispatchesOf } from '../disclose/dispatch.ts';
import { statusShares } from '../disclose/status-disclosures.ts';
import { feedbackOf, keptOf } from '../feedback/feedback.ts';
import { resourceAsSeen } from '../memory/as-seen.ts';
import { changeOf, type Made, stamped, versionOf } from '../pipeline/change.ts';
import type { Keeping } from '../pipeline/commit.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { validateOutgoing } from '../pipeline/judge.ts';
import { validated, whatStopped } from '../pipeline/validated.ts';
import type { Received } from '../reading/envelope.ts';
import { careTeamAfter } from './care-team.ts';
import { episodeAfter } from './episode.ts';
import { selectedGiven } from './selected.ts';

/** What a move makes of an order, and how it was asked. */
export type Carried = Effects & {
  readonly graph: OrderGraph;
  readonly interaction: string;
  readonly along?: Along;
};

/** What a move brings or changes besides orders and Tasks, and who gets it. */
export type Along = {
  readonly changes: readonly Change[];
  readonly grants?: readonly Grant[];
  readonly shares: readonly Share[];
};

/** A move with all that follows from it, as one commit: new versions, who may see what from now on, and who is told. */
export async function carryOut(gateway: Gateway, received: Received, carried: Carried): Promise<Result<Keeping>> {
  const { graph, effects, rule, interaction, along } = carried;
  const { at, partner } = received;
  const made = effects.map((it) => stamped(it, at));
  for (const { resource } of made) {
    const report = await validated(gateway, resource, { profiles: profilesOf(resource) });
    if (report.verdict !== 'valid') return failure(...whatStopped(report.issues));
  }
  const selected = await selectedGiven(gateway, made, graph, at);
  if (!selected.ok) return selected;
  const { made: kept, shares: disclosed, ...opened } = selected.value;
  const planned = await appointmentShares(gateway, graph, made, { mover: partner.id, now: at });
  const given = [...disclosed, ...(along?.shares ?? []), ...planned];
  const tasks = kept.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource] : []));
  const told = tasks.flatMap((task) => statusShares(gateway, task, partner.id, at)).filter(notIn(given));
  const heard = (
    await Promise.all(
      effects.map((effect) => feedbackOf(gateway, gateway.store, { graph, effect, mover: partner.id, at })),
    )
  ).flat();
  for (const { share } of heard) {
    const valid = await validateOutgoing(gateway, share, noGraph);
    if (!valid.ok) return failure(...whatStopped(valid.issues));
  }
  const [main] = kept;
  const { resource } = main!;
  return success({
    interaction,
    action: main?.isNew ? 'C' : 'U',
    body: resourceAsSeen(gateway.network, resource, partner),
    location: `${resource.resourceType}/${resource.id}`,
    version: versionOf(resource),
    steps: [],
    decisions: {
      rule,
      effects: made.map(toldOf),
      receipts: [...given, ...heard.map(({ share }) => share)].map(({ receipt }) => receipt),
    },
    changes: [
      ...kept.map((it) => changeOf(gateway, it, partner.id)),
      ...opened.changes,
      ...(along?.changes ?? []),
      ...(await careTeamAfter(gateway, graph.order, kept, at)),
      ...(await episodeAfter(gateway, graph, kept, at)),
      ...heard.flatMap((it) => keptOf(it, partner.id)),
    ],
    guards: guardsOf(graph, made, rule),
    grants: [...opened.grants, ...(along?.grants ?? []), ...appointmentGrants(planned)],
    dispatches: dispatchesOf(gateway, [...given, ...told, ...heard.map(({ share }) => share)]),
    codes: [],
  });
}

/** Nothing of what a move makes was validated before. */
const noGraph: Bundle = { resourceType: 'Bundle', type: 'collection' };

const profilesOf = ({ resourceType }: Identified): string[] =>
  resourceType === 'Task' ? [mgnProfile('coordination-task')] : [];

const toldOf = ({ rule, resource }: Made) => ({ rule, resource: `${resource.resourceType}/${resource.id}` });

/** Moves that rest on how all of the order stands hold only while it does. */
const restingOnAll: readonly string[] = ['complete', 'select', 'appointment'];

function guardsOf({ order, tasks }: OrderGraph, made: readonly Made[], rule: string): Guard[] {
  const [main] = made;
  const isOfQuestion = isType(main?.resource, 'Task') && isQuestion(main.resource as Task);
  if (!restingOnAll.includes(rule) && !isOfQuestion) return [];
  const changed = new Set(made.map(({ resource }) => resource.id));
  return [...(order ? [order] : []), ...tasks]
    .filter(({ id }) => !changed.has(id ?? ''))
    .map((it) => ({ type: it.resourceType, id: it.id ?? '', version: versionOf(it as Identified) }));
}

/** What is new is opened with it, what moves on as well: who takes part may be another now. */
const appointmentGrants = (planned: readonly Share[]): Grant[] =>
  planned.flatMap(({ partner, bundle }) =>
    resourcesOf(bundle).map(({ resourceType, id }) => ({ type: resourceType, id, readers: [partner] })),
  );

/** Who gets the whole need not be told of the Task in it once more. */
const notIn =
  (given: readonly Share[]) =>
  ({ partner, bundle }: Share): boolean =>
    !given.some(
      (it) => it.partner === partner && resourcesOf(it.bundle).some(({ id }) => id === resourcesOf(bundle)[0]?.id),
    );
