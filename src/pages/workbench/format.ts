import { recogniseForm, toGraph } from '../../exchange/maps/forms.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { parseMessage } from '../../exchange/reading/sent-message.ts';

/** How a text would be sent. */
export type Format = {
  readonly name: 'JSON' | 'XML' | 'HL7 v2';
  readonly contentType: string;
  /** Name of the /intake/{name}; absent: the FHIR base. */
  readonly intake?: string;
};

/** The format of a pasted text, by how it begins; which form of JSON, by what recognises it. */
export function formatOf({ forms }: Pick<Gateway, 'forms'>, text: string): Format {
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('<')) return { name: 'XML', contentType: 'application/fhir+xml' };
  if (/^MSH[^A-Za-z0-9]/.test(start)) {
    const intake = forms.find(({ reads }) => reads === 'hl7-v2')?.intake;
    return { name: 'HL7 v2', contentType: 'x-application/hl7-v2+er7; charset=utf-8', ...(intake ? { intake } : {}) };
  }
  if (/"resourceType"\s*:/.test(start)) return { name: 'JSON', contentType: 'application/fhir+json' };
  const intake = intakeOf({ forms }, text);
  return { name: 'JSON', contentType: 'application/json', ...(intake ? { intake } : {}) };
}

/** Several forms in JSON have no name of their own in the message: the one that has a place for the most of it. */
function intakeOf({ forms }: Pick<Gateway, 'forms'>, text: string): string | undefined {
  const body = new TextEncoder().encode(text);
  const offered = [...new Set(forms.flatMap(({ reads, intake }) => (reads === 'json' && intake ? [intake] : [])))];
  const found = offered.map((intake) => {
    const sent = parseMessage({ intake, contentType: 'application/json', body });
    const form = sent.ok ? recogniseForm(forms, sent.value, { intake }) : sent;
    if (!sent.ok || !form.ok) return { intake, wrong: Number.POSITIVE_INFINITY };
    return { intake, wrong: toGraph(form.value, sent.value, { seed: '', now: new Date(0) }).issues.length };
  });
  return found.toSorted((one, other) => one.wrong - other.wrong)[0]?.intake;
}
