import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, issue, type Place } from '../../fhir/issue.ts';
import { typeModel, upperFirst } from '../../fhir/model.ts';
import { isType } from '../../fhir/resource.ts';
import { outputOrigins, type Trace } from '../../mapping/index.ts';
import { yieldToOthers } from '../../turns.ts';
import { ancestorsOf } from '../maps/consent-values.ts';
import { formPlaces } from '../maps/form-places.ts';
import { nameOfForm, recogniseForm } from '../maps/forms.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { PipelineOutcome } from '../pipeline/step.ts';
import type { Received } from '../reading/envelope.ts';
import { parseMessage } from '../reading/sent-message.ts';

/**
 * Moves findings in the graph to the place in the message from which that part was mapped: a sender of HL7 v2 or a form
 * never sees the graph. Runs the map once more, with its lineage, only when there are such findings. The sender of a
 * Bundle reads them in terms of its resources. Others have their turn between its parts.
 */
export async function inTermsOfSentMessage<T>(
  { forms, network }: DecisionContext,
  received: Received,
  outcome: PipelineOutcome<T>,
): Promise<PipelineOutcome<T>> {
  const mapped = outcome.steps.findIndex(({ step }) => step === 'map');
  const isOfMapped = (it: Issue, at: number): it is OfGraph => mapped >= 0 && at > mapped && isOfGraph(it);
  const found = outcome.steps.some(({ issues }, at) => issues.some((it) => isOfMapped(it, at)));
  if (!found) return outcome;
  const yieldIfDue = yieldToOthers();
  await yieldIfDue();
  const sent = parseMessage(received, network.settings.limits, nameOfForm(forms, received.intake));
  const form = sent.ok ? recogniseForm(forms, sent.value, received) : sent;
  if (!sent.ok || !form.ok || !form.value.map) return outcome;
  if (sent.value.shape === 'fhir' && isType(sent.value.message, 'Bundle')) return outcome;
  await yieldIfDue();
  const { output, trace } = form.value.map.run(sent.value.message, { trace: true, now: received.at });
  if (!trace) return outcome;
  await yieldIfDue();
  const asked = outcome.steps.flatMap(({ issues }, at) => issues.filter((it) => isOfMapped(it, at)) as OfGraph[]);
  const placeOf = await placesIn(
    output as Bundle,
    trace,
    asked.map(({ expression }) => expression),
  );
  const shown =
    sent.value.shape === 'json'
      ? formPlaces(sent.value, form.value.map.source ?? '')
      : (expression: string): Place => ({ expression });
  const isHl7 = sent.value.shape === 'hl7-v2';
  const inSource = (it: Issue, at: number): Issue => {
    if (!isOfMapped(it, at)) return it;
    const place = shown(placeOf(it.expression));
    const isDate = isHl7 && it.rule === 'format' && /date[^.]*$/i.test(place.expression ?? '');
    return isDate ? issue('hl7-date-invalid', {}, place) : { ...it, ...place };
  };
  const steps = outcome.steps.map((step, at) => ({
    ...step,
    issues: unique(step.issues.map((it) => inSource(it, at))),
  }));
  return { ...outcome, steps };
}

/** A field of a form that became several elements is wrong once. */
const unique = (issues: readonly Issue[]): readonly Issue[] => [
  ...new Map(issues.map((it) => [`${it.severity} ${it.rule} ${it.expression} ${it.message}`, it])).values(),
];

type OfGraph = Issue & { readonly expression: string };

/** Expressions in the graph start with a resource type; those in a model or a segment do not. */
const isOfGraph = (it: Issue): it is OfGraph => typeModel(it.expression?.split(/[.[]/)[0] ?? '')?.kind === 'resource';

/** From an expression on the Bundle, or on the first resource of a type, to the deepest of its sources. `asked`: the expressions. */
async function placesIn(
  { entry = [] }: Bundle,
  trace: Trace,
  asked: readonly string[],
): Promise<(expression: string) => string> {
  const yieldIfDue = yieldToOthers();
  // paths are made when first read
  const whole = trace.elements[0]?.sources[0]?.split('.')[0];
  await yieldIfDue();
  // Thousands of findings about a graph of thousands of elements: each is looked up, never searched.
  const originOf = outputOrigins(trace);
  const written = new Set(trace.elements.map(({ path }) => path));
  await yieldIfDue();
  const choices = choicesOf(written);
  await yieldIfDue();
  const entries = new Map<string | undefined, number>();
  for (const [at, { resource }] of entry.entries())
    if (!entries.has(resource?.resourceType)) entries.set(resource?.resourceType, at);
  const namesOf = (expression: string): { readonly named: string; readonly element: string } => {
    const [type = '', ...rest] = inJson(expression).split('.');
    const at = entries.get(type);
    const path =
      type === 'Bundle' || at === undefined ? inJson(expression) : [`Bundle.entry[${at}].resource`, ...rest].join('.');
    const named = written.has(path) ? path : (choices.get(path) ?? path);
    return { named, element: written.has(`${named}[0]`) ? `${named}[0]` : named };
  };
  const parted = new Set(asked.map(namesOf).flatMap(({ named, element }) => (written.has(element) ? [] : [named])));
  await yieldIfDue();
  const below = await placesBelow(trace, parted, yieldIfDue);
  return (expression) => {
    const { named, element } = namesOf(expression);
    // An element that no rule wrote by itself, but its parts: an address.
    const inside = written.has(element) ? undefined : below.get(named);
    if (inside !== undefined) return inside;
    const sources = originOf(element)?.sources ?? [];
    return sources.toSorted((a, b) => b.length - a.length)[0] ?? whole ?? expression;
  };
}

/** For these elements of the output, what the sources of the parts below each have in common. */
async function placesBelow(
  { elements }: Trace,
  parted: ReadonlySet<string>,
  yieldIfDue: () => Promise<void> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (parted.size === 0) return found;
  for (const { path, sources } of elements) {
    const due = yieldIfDue();
    if (due) await due;
    for (const above of ancestorsOf(path)) {
      if (!parted.has(above)) continue;
      const [source] = sources.toSorted((a, b) => b.length - a.length);
      if (source === undefined) break;
      const known = found.get(above);
      found.set(above, known === undefined ? source : commonPlace(known, source));
    }
  }
  return found;
}

function commonPlace(one: string, other: string): string {
  const around = new Set([...ancestorsOf(other), other]);
  return [...ancestorsOf(one), one].findLast((it) => around.has(it)) ?? one;
}

/** A choice of types as JSON names it: `occurrencePeriod` for `occurrence.ofType(Period)`. */
const inJson = (expression: string): string =>
  expression.replace(/(\w+)\.ofType\((\w+)\)/g, (_, name: string, type: string) => name + upperFirst(type));

/** An element with a choice of types by its name without the type: `deceased` of `deceasedBoolean`. */
function choicesOf(written: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of written) {
    const base = /^(.*\.[a-z]+)[A-Z][A-Za-z]*$/.exec(path)?.[1];
    if (base && !written.has(base) && !found.has(base)) found.set(base, path);
  }
  return found;
}
