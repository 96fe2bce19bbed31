import type { Questionnaire, Task } from '@medplum/fhirtypes';
import { canonicalBase } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { effects, informationTask, questionnaireOf } from '../../workflow/index.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { planMove } from '../effect/plan-move.ts';
import { actorsOf, ownerOf, senderOf } from '../memory/actors.ts';
import { orderGraphOf } from '../memory/journey.ts';
import { atGateway, readAt } from '../memory/memory.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';

const invalidQuestion = (expression: string) => failure(issue('question-invalid', {}, { expression }));

/**
 * `complete-questionnaire`: the owner of a Task requests more information from its sender (SDC,
 * https://hl7.org/fhir/uv/sdc/CodeSystem-temp.html). The gateway takes the Questionnaire, the free text and the
 * identifiers from the message; person, legal basis (grondslag) and parties come from the Task that waits for the
 * answer.
 */
export async function considerQuestion(gateway: Gateway, received: Received, sent: Task): Promise<Result<CommitPlan>> {
  const { network, store, world } = gateway;
  const { partner, at } = received;
  const named = sent.focus?.reference ?? sent.partOf?.[0]?.reference;
  const focus = atGateway(named ?? '', network.settings.baseUrl);
  const waiting = focus?.startsWith('Task/') ? await readAt(store, focus, partner.id) : undefined;
  if (!isType(waiting, 'Task')) return invalidQuestion('Task.focus');
  const questionnaire = questionnaireIn(gateway, sent);
  if (!questionnaire.ok) return questionnaire;
  const closed = closedToSocialDomain(gateway, waiting, sent);
  if (closed) return closed;

  const sender = senderOf(network, waiting) ?? '';
  const graph = await orderGraphOf(store, waiting.focus?.reference ?? '');
  const effectContext = { at, newId: world.newId };
  const requestDetails = {
    questionnaire: questionnaire.value,
    requester: projectionContext(gateway, partner.id).requester as NonNullable<Task['requester']>,
    owner: projectionContext(gateway, sender).requester as NonNullable<Task['owner']>,
    source: sourceOfPartner(partner.id),
  };
  const question = informationTask(graph, waiting, sent, requestDetails, effectContext);
  const result = effects(
    graph,
    { kind: 'question', task: question },
    actorsOf(network, waiting, partner.id),
    effectContext,
  );
  if (!result.ok) return result;
  const plan = await planMove(gateway, received, { graph, ...result.value, interaction: 'create' });
  return plan.ok ? success({ ...plan.value, journey: `Task/${waiting.id}` }) : plan;
}

/** Canonical of a published Questionnaire, or `#id` of the one contained Questionnaire, which must have a url. */
function questionnaireIn({ validator }: Gateway, sent: Task): Result<string> {
  const contained = (sent.contained ?? []) as readonly { resourceType: string; id?: string; url?: string }[];
  const named = questionnaireOf(sent) ?? (contained.length === 1 ? `#${contained[0]?.id}` : '');
  const [questionnaire] = contained;
  if (questionnaire) {
    const isValid =
      contained.length === 1 &&
      questionnaire.resourceType === 'Questionnaire' &&
      named === `#${questionnaire.id}` &&
      questionnaire.url;
    return isValid ? success(named) : invalidQuestion('Task.contained');
  }
  return validator.definitions.find('Questionnaire', named) ? success(named) : invalidQuestion('Task.input');
}

/**
 * The social domain may not question care, nor read free text of care: both could reveal more than the person consented
 * to.
 */
function closedToSocialDomain({ network }: Gateway, waiting: Task, sent: Task): Result<never> | undefined {
  const isSocial = (partner: string | undefined) => network.partners.get(partner ?? '')?.domain === 'social';
  if (isSocial(ownerOf(network, waiting)))
    return failure(issue('question-social-domain-forbidden', {}, { expression: 'Task.focus' }));
  if (!isSocial(senderOf(network, waiting))) return undefined;
  const [words] = (['contained', 'description', 'note'] as const).filter((it) => sent[it] !== undefined);
  const published = questionnaireOf(sent)?.startsWith(`${canonicalBase}/`);
  if (!words && published) return undefined;
  return failure(issue('question-free-text-forbidden', {}, { expression: `Task.${words ?? 'input'}` }));
}

/** The Questionnaire contained in a Task; undefined when the Task names a published one by canonical. */
export const containedQuestionnaire = ({ contained = [] }: Task): Questionnaire | undefined =>
  contained.find((it): it is Questionnaire => it.resourceType === 'Questionnaire');
