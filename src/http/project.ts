import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { assumedConsent } from '../consent-source/index.ts';
import type { Partner } from '../directory/index.ts';
import type { DecidedPaths } from '../disclosure/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isOutgoing, issuesOf } from '../exchange/pipeline/step.ts';
import {
  type ProjectedDisclosure,
  type ProjectedResource,
  type ProjectRequest,
  projectMessage,
  projectOrder,
} from '../exchange/project/project.ts';
import { type ProjectPhase, projectPhases } from '../exchange/project/suppose.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { yieldToOthers } from '../turns.ts';
import { dryRunOf } from './dry-run.ts';
import type { DryRuns } from './dry-runs.ts';
import { type Language, languageOf } from './language.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

/**
 * POST $project: what a recipient would get of the message in the body, line by line, for its sender. A dry run: nothing is stored or sent, and no
 * consent source outside is asked.
 */
export const projectMessageOperation = (gateway: Gateway, context: Context, dryRuns: DryRuns) =>
  forReader(gateway, context, 'project', async (partner): Promise<ReadOutcome> => {
    const asked = requestIn(gateway, context);
    if (!asked.ok) return { kind: 'refused', issues: asked.issues };
    const exceeded = dryRuns(partner);
    if (exceeded) return exceeded;
    const at = gateway.world.now();
    const dry = { ...gateway, network: gateway.network, consentSource: assumedConsent };
    const run = await dryRunOf(gateway, context, { partner, step: 'project', at, deciding: dry });
    if (!run.ok) return { kind: 'refused', issues: run.issues };
    const considered = run.value;
    if (!considered.ok) {
      const issues = issuesOf(considered.steps.filter(({ step, refused }) => refused || !isOutgoing(step)));
      return answered(context, asked.value, [refusedMessage(issues)], []);
    }
    const { graph, disclosures } = considered.value;
    const kind = considered.steps.find(({ form }) => form)?.form?.kind ?? '';
    const message = { graph, planned: disclosures, isSentTogether: sentTogether.includes(kind) };
    const yieldIfDue = yieldToOthers();
    const found = projectMessage(dry, message, { ...asked.value, partner, now: at });
    await yieldIfDue();
    return found ? answered(context, asked.value, shown(context, found), []) : noRecipient;
  });

/** Kinds of which everything about the person belongs to the one order. */
const sentTogether: readonly string[] = ['referral', 'solicitation', 'invitation'];

/** ServiceRequest/[id]/$project, Task/[id]/$project: the same of an order that the partner sent, from what it may read of it. */
export const projectOrderOperation = (gateway: Gateway, context: Context, type: string, dryRuns: DryRuns) =>
  forReader(gateway, context, 'project', async (partner: Partner, permitted): Promise<ReadOutcome> => {
    const about = `${type}/${context.req.param('id') ?? ''}`;
    const asked = requestIn(gateway, context);
    if (!asked.ok) return { kind: 'refused', issues: asked.issues };
    const exceeded = dryRuns(partner);
    if (exceeded) return exceeded;
    const now = gateway.world.now();
    const found = await projectOrder(gateway, permitted, { ...asked.value, partner, now, about });
    if (found === undefined) return { kind: 'refused', issues: [issue('not-found', {})] };
    if (found === 'no such recipient') return noRecipient;
    return answered(context, asked.value, shown(context, found), [about]);
  });

const recipients = 'id of a partner that receives messages';

const invalid = (parameter: string, known: string) => issue('project-parameter-invalid', { parameter, known });

const noRecipient: ReadOutcome = { kind: 'refused', issues: [invalid('recipient', recipients)] };

function requestIn({ network }: Gateway, context: Context): Result<ProjectRequest> {
  const recipient = context.req.query('recipient') ?? '';
  const phase = context.req.query('phase') ?? 'selected';
  if (!network.partners.has(recipient)) return failure(invalid('recipient', recipients));
  if (!projectPhases.includes(phase as ProjectPhase)) return failure(invalid('phase', projectPhases.join(' | ')));
  return success({ recipient, phase: phase as ProjectPhase });
}

function answered(
  context: Context,
  { recipient, phase }: ProjectRequest,
  parts: readonly ParametersParameter[],
  references: readonly string[],
): ReadOutcome {
  const body: Parameters = {
    resourceType: 'Parameters',
    parameter: [{ name: 'recipient', valueString: recipient }, { name: 'phase', valueCode: phase }, ...parts],
  };
  const headers = { 'Content-Language': languageOf(context) };
  return { kind: 'shown', response: reply(context, body, 200, headers), references };
}

const refusedMessage = (issues: readonly Issue[]): ParametersParameter => ({
  name: 'disclosure',
  part: [
    { name: 'verdict', valueCode: 'refused' },
    { name: 'outcome', resource: operationOutcome(issues) },
  ],
});

const shown = (context: Context, found: readonly ProjectedDisclosure[]): ParametersParameter[] => {
  const language = languageOf(context);
  return found.map((it) => ({
    name: 'disclosure',
    part: [
      { name: 'verdict', valueCode: it.refused ? 'refused' : 'permitted' },
      { name: 'purpose', valueCode: it.purpose },
      { name: 'planned', valueBoolean: it.isPlanned },
      ...(it.legalBasis ? [{ name: 'legal-basis', valueCode: it.legalBasis }] : []),
      ...(it.grounds?.key ? [{ name: 'ground', valueString: it.grounds.key }] : []),
      ...(it.grounds?.consents ?? []).map(
        ({ reference, verdict }): ParametersParameter => ({
          name: 'consent',
          part: [
            { name: 'reference', valueReference: { reference } },
            { name: 'verdict', valueCode: verdict },
          ],
        }),
      ),
      ...(it.refused ? [{ name: 'outcome', resource: operationOutcome(it.refused) }] : []),
      ...it.resources.map((resource) => resourcePart(resource, language)),
    ],
  }));
};

const resourcePart = ({ type, at, reason, decided }: ProjectedResource, language: Language): ParametersParameter => ({
  name: 'resource',
  part: [
    { name: 'type', valueCode: type },
    { name: 'at', valueString: at },
    ...(reason
      ? [
          { name: 'outcome', valueCode: 'withheld' },
          { name: 'reason', valueCode: reason },
        ]
      : []),
    ...decided.map((it) => decisionPart(it, language)),
  ],
});

/** The values that one line decided on: whether they go out, the line, and why in the language of the reader. */
const decisionPart = ({ paths, because, line, explained }: DecidedPaths, language: Language): ParametersParameter => ({
  name: 'decision',
  part: [
    { name: 'outcome', valueCode: because ? 'withheld' : 'out' },
    ...(because ? [{ name: 'reason', valueCode: because }] : []),
    ...(line
      ? [
          { name: 'line', valueString: `${line.file}:${line.place.line ?? 0}` },
          { name: 'key', valueString: line.key },
        ]
      : []),
    ...(explained ? [{ name: 'why', valueString: explained.why[language] }] : []),
    ...paths.map((path) => ({ name: 'path', valueString: path })),
  ],
});
