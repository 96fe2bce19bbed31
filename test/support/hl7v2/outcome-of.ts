import { toGraph } from '../../../src/exchange/maps/forms.ts';
import { parseMessage } from '../../../src/exchange/reading/sent-message.ts';
import type { Issue } from '../../../src/fhir/issue.ts';
import type { TestGateway } from '../test-gateway.ts';

export type Outcome = {
  /** The resources, undefined when the message is refused. */
  readonly graph: unknown;
  readonly issues: readonly Issue[];
  /** Every text in the resources, without the markup of narratives. */
  readonly strings: readonly string[];
  /** Places of the findings, without the name of the message: `OBX[0].NTE[0].comment[0]`. */
  readonly named: readonly string[];
};

/** What the map of REF^I12 makes of a message, without validation and storage. Equal messages have equal outcomes. */
export function outcomeOf({ running }: TestGateway, message: string): Outcome {
  const contentType = 'x-application/hl7-v2+er7; charset=utf-8';
  const sent = parseMessage({ contentType, body: Buffer.from(message), intake: 'referral' });
  if (!sent.ok) return { graph: undefined, issues: sent.issues, strings: [], named: sent.issues.map(placeOf) };
  const form = running.gateway.forms.find(({ id }) => id === 'ref-i12')!;
  const made = toGraph(form, sent.value, { seed: 'x', now: new Date() });
  const issues = [...sent.issues, ...made.issues];
  const graph = made.ok ? made.value.graph : undefined;
  return { graph, issues, strings: stringsOf(graph), named: issues.map(placeOf) };
}

const placeOf = ({ expression = '' }: Issue): string => expression.replace(/^hl7v2-ref-i12\.?/, '');

/** The characters that a reader sees: white space as one space. */
export const spaced = (it: string): string => it.replace(/\s+/g, ' ').trim();

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string')
    return [
      spaced(
        value
          .replace(/<\/?div[^>]*>/g, '')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&apos;', "'")
          .replaceAll('&amp;', '&'),
      ),
      spaced(value),
    ];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}
