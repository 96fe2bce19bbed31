import type { Bundle } from '@medplum/fhirtypes';
import type { Issue } from '../../fhir/issue.ts';
import { typeModel } from '../../fhir/model.ts';
import { explainOutput, type Trace } from '../../mapping/index.ts';
import { recogniseForm } from '../maps/forms.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { PipelineOutcome } from '../pipeline/step.ts';
import type { Received } from '../reading/envelope.ts';
import { parseMessage } from '../reading/sent-message.ts';

/**
 * What was found in the graph, told of the place in the message that it was made from: who sends HL7 v2 or a form never
 * saw the graph. The map runs once more for it, with its lineage, only when there is something to tell.
 */
export function inTermsOfSentMessage<T>(
  { forms, network }: DecisionContext,
  received: Received,
  walked: PipelineOutcome<T>,
): PipelineOutcome<T> {
  const found = walked.steps.some(({ issues }) => issues.some(isOfGraph));
  if (received.intake === undefined || !found) return walked;
  const sent = parseMessage(received, network.settings.limits);
  const form = sent.ok ? recogniseForm(forms, sent.value, received) : sent;
  if (!sent.ok || !form.ok || !form.value.map) return walked;
  const { output, trace } = form.value.map.run(sent.value.message, { trace: true, now: received.at });
  if (!trace) return walked;
  const placeOf = placesIn(output as Bundle, trace);
  const inSource = (it: Issue): Issue => (isOfGraph(it) ? { ...it, expression: placeOf(it.expression) } : it);
  const steps = walked.steps.map((it) => ({ ...it, issues: it.issues.map(inSource) }));
  return { ...walked, steps };
}

type OfGraph = Issue & { readonly expression: string };

/** Places of the graph begin with a type of FHIR; those of a model or a segment do not. */
const isOfGraph = (it: Issue): it is OfGraph => typeModel(it.expression?.split(/[.[]/)[0] ?? '')?.kind === 'resource';

/** From a place in the graph, of the Bundle or of the one resource of a type, to the deepest of the places it was made from. */
function placesIn({ entry = [] }: Bundle, trace: Trace): (expression: string) => string {
  const whole = trace.elements[0]?.sources[0]?.split('.')[0];
  return (expression) => {
    const [type = '', ...rest] = expression.split('.');
    const at = entry.findIndex(({ resource }) => resource?.resourceType === type);
    const path = type === 'Bundle' || at < 0 ? expression : [`Bundle.entry[${at}].resource`, ...rest].join('.');
    const first = trace.elements.find((it) => it.path === `${path}[0]`);
    const sources = (first ?? explainOutput(trace, path))?.sources ?? [];
    return sources.toSorted((a, b) => b.length - a.length)[0] ?? whole ?? expression;
  };
}
