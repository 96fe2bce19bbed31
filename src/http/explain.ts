import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import type { Context } from 'hono';
import { explainOrder } from '../exchange/explain/explain-order.ts';
import type { Disclosure } from '../exchange/pipeline/disclosure.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isOutgoing, issuesOf, type Step } from '../exchange/pipeline/step.ts';
import { issue } from '../fhir/issue.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { type Decision, decisionRecord, explainDecision, explainDecisionRecord } from '../routing/index.ts';
import { dryRunOf } from './dry-run.ts';
import type { DryRuns } from './dry-runs.ts';
import { forReader, type ReadOutcome } from './reader.ts';
import { reply } from './reply.ts';

/**
 * POST $explain: a dry run of the message in the body, for its sender. Returns every step, the reasons of each
 * decision, and what each recipient would get and what would be withheld. Nothing is stored or sent.
 */
export const explainMessage = (gateway: Gateway, context: Context, dryRuns: DryRuns) =>
  forReader(gateway, context, 'explain', async (partner): Promise<ReadOutcome> => {
    const exceeded = dryRuns(partner);
    if (exceeded) return exceeded;
    const run = await dryRunOf(gateway, context, { partner, step: 'explain', at: gateway.world.now() });
    if (!run.ok) return { kind: 'refused', issues: run.issues };
    const considered = run.value;
    const prepared = considered.ok ? considered.value : { decisions: [], disclosures: [] };
    // what is found in an outgoing message concerns the gateway, and could reveal what its owner alone may know
    const shown = considered.steps.filter(({ step, refused: isRefused }) => isRefused || !isOutgoing(step));
    const issues = issuesOf(shown);
    const parameters: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'verdict', valueCode: considered.ok ? 'accepted' : 'refused' },
        ...considered.steps.map(stepOf),
        ...(issues.length > 0 ? [{ name: 'outcome', resource: operationOutcome(issues) }] : []),
        ...prepared.decisions.flatMap(decisionParts),
        ...prepared.disclosures.map(receiptOf),
      ],
    };
    return { kind: 'shown', response: reply(context, parameters, 200), references: [] };
  });

/** ServiceRequest/[id]/$explain: the decisions on the owners of an order, in the projection of the reader. */
export const explainStored = (gateway: Gateway, context: Context) =>
  forReader(gateway, context, 'explain', async (partner, permitted): Promise<ReadOutcome> => {
    const order = context.req.param('id') ?? '';
    const records = await explainOrder(gateway, partner, order, permitted);
    if (!records) return { kind: 'refused', issues: [issue('not-found', {})] };
    const parameters: Parameters = {
      resourceType: 'Parameters',
      ...(records.length > 0 ? { parameter: records.flatMap(recordParts) } : {}),
    };
    return { kind: 'shown', response: reply(context, parameters, 200), references: [`ServiceRequest/${order}`] };
  });

const text = (name: string, valueString: string): ParametersParameter => ({ name, valueString });

const stepOf = ({ step, refused, says }: Step): ParametersParameter => ({
  name: 'step',
  part: [
    text('name', step),
    { name: 'refused', valueBoolean: refused },
    ...(says ? [text('en', says.en), text('nl', says.nl)] : []),
  ],
});

type Lines = (language: 'en' | 'nl') => readonly string[];

const explained = (resource: Parameters, lines: Lines): ParametersParameter[] => [
  { name: 'decision', resource },
  { name: 'explanation', part: (['en', 'nl'] as const).map((it) => text(it, lines(it).join('\n'))) },
];

const decisionParts = (decision: Decision): ParametersParameter[] =>
  explained(decisionRecord(decision), (language) => explainDecision(decision, language));

/** A decision record, as far as the reader may see it, with its explanation in words. */
const recordParts = (record: Parameters): ParametersParameter[] =>
  explained(record, (language) => explainDecisionRecord(record, language));

const receiptOf = ({ receipt }: Disclosure): ParametersParameter => ({
  name: 'receipt',
  part: [
    text('recipient', receipt.recipient),
    { name: 'purpose', valueCode: receipt.purpose },
    ...(receipt.legalBasis ? [text('legal-basis', receipt.legalBasis)] : []),
    ...Object.entries(receipt.disclosed).map(([type, count]) => ({
      name: 'disclosed',
      part: [
        { name: 'type', valueCode: type },
        { name: 'count', valueInteger: count },
      ],
    })),
    ...receipt.withheld.map(({ resourceType, count, reason }) => ({
      name: 'withheld',
      part: [
        { name: 'type', valueCode: resourceType },
        { name: 'count', valueInteger: count },
        { name: 'reason', valueCode: reason },
      ],
    })),
  ],
});
