import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { assumedConsent } from '../consent-source/index.ts';
import type { Partner } from '../directory/index.ts';
import { type Form, recogniseForm } from '../exchange/maps/forms.ts';
import { nearestForm } from '../exchange/maps/nearest-form.ts';
import { noMemory } from '../exchange/memory/memory.ts';
import { validateSentMessage } from '../exchange/pipeline/judge.ts';
import type { Step } from '../exchange/pipeline/step.ts';
import { warningsOf } from '../exchange/prepared.ts';
import type { Received } from '../exchange/reading/envelope.ts';
import { parseMessage } from '../exchange/reading/sent-message.ts';
import { consider } from '../exchange.ts';
import { type Issue, isError } from '../fhir/issue.ts';
import { printIssues } from '../main/print-issues.ts';
import { type Configuration, openConfiguration, world } from '../main.ts';
import { unreadable } from './files-at.ts';
import type { Language } from './options.ts';
import { isXml } from './read-resource.ts';
import type { Verdict } from './verdict.ts';

type Options = {
  /** Id of a form of mappings/intake.yaml, or a kind of message. */
  readonly as: string;
  readonly network: string;
  readonly from?: string;
  readonly language: Language;
};

/** Judges files as messages of one form or kind, or the lines that say why that is impossible. */
export type MessageJudge =
  | { readonly ok: true; readonly judge: (file: string) => Promise<Verdict> }
  | { readonly ok: false; readonly issues: readonly string[] };

/**
 * What the gateway would find in a message: a dry run without a store. A message that is not recognised as the named form is
 * validated against the profiles of the nearest one too, so that all that is wrong with it shows at once.
 */
export async function openMessageJudge({ as, network, from, language }: Options): Promise<MessageJudge> {
  const configured = await openConfiguration({ network });
  if (!configured.ok) return { ok: false, issues: printIssues(network, configured.issues, language) };
  const configuration = configured.value;
  // a form that the gateway reads at a placer is not sent to it
  const sendable = configuration.forms.filter(({ pulled }) => !pulled);
  const forms = sendable.filter((it) => it.id === as || it.kind === as);
  if (forms.length === 0) return unknown('form or kind', as, namesOf(sendable));
  const partners = [...configuration.network.partners.values()];
  const senders = from === undefined ? partners : partners.filter(({ id }) => id === from);
  if (senders.length === 0)
    return unknown(
      'partner',
      from ?? '',
      partners.map(({ id }) => id),
    );
  return { ok: true, judge: (file) => judge({ ...configuration, forms }, senders, file) };
}

const unknown = (what: string, name: string, known: readonly string[]): MessageJudge => ({
  ok: false,
  issues: [`Unknown ${what}: ${name}. Use one of: ${known.join(', ')}`],
});

const namesOf = (forms: readonly Form[]): string[] => [...new Set(forms.flatMap(({ id, kind }) => [kind, id]))];

async function judge(configuration: Configuration, senders: readonly Partner[], file: string): Promise<Verdict> {
  let body: Uint8Array;
  try {
    body = await readFile(file);
  } catch (error) {
    return { file, verdict: 'invalid', issues: [unreadable(error)] };
  }
  const asSent = { ...formatOf(configuration.forms, file, body), body };
  const [first, ...others] = senders;
  let outcome = await run(configuration, first!, asSent);
  // a sender that may not send it says nothing about the message: another one may
  for (const sender of others) {
    if (outcome.ok || outcome.steps.at(-1)?.step !== 'check sender') break;
    const next = await run(configuration, sender, asSent);
    if (next.ok || next.steps.at(-1)?.step !== 'check sender') outcome = next;
  }
  const last = outcome.steps.at(-1);
  if (outcome.ok) return { file, verdict: 'valid', issues: warningsOf(outcome.steps) };
  const more = last?.step === 'recognise' ? await asNearest(configuration, asSent) : [];
  const issues = [...(last?.issues ?? []), ...more];
  return { file, verdict: isUndecided(last) ? 'undecided' : 'invalid', issues };
}

/** Nobody can say without the terminology server, or without the order at the gateway to which the message refers. */
function isUndecided(last: Step | undefined): boolean {
  const errors = last?.issues.filter(isError) ?? [];
  return errors.every(
    ({ rule, code }) =>
      rule === 'terminology-unavailable' ||
      rule === 'reference-outside-referral' ||
      (last?.step === 'check workflow' && code === 'not-found'),
  );
}

type AsSent = Pick<Received, 'contentType' | 'intake' | 'body'>;

const run = (configuration: Configuration, partner: Partner, asSent: AsSent) =>
  consider({ ...configuration, consentSource: assumedConsent }, noMemory, {
    ...asSent,
    partner,
    requestId: randomUUID(),
    traceId: randomUUID(),
    bodyDigest: createHash('sha256').update(asSent.body).digest('hex'),
    at: world.now(),
  });

async function asNearest(configuration: Configuration, asSent: AsSent): Promise<readonly Issue[]> {
  const sent = parseMessage(asSent, configuration.network.settings.limits);
  if (!sent.ok || recogniseForm(configuration.forms, sent.value, asSent).ok) return [];
  const offered = configuration.forms.filter(({ intake }) => intake === asSent.intake);
  const nearest = nearestForm(offered, sent.value.message);
  return nearest ? (await validateSentMessage(configuration, nearest.form, sent.value)).issues : [];
}

/** Content type and intake of a file: HL7 v2 begins with MSH, FHIR names its resource type, other JSON is a form. */
function formatOf(forms: readonly Form[], file: string, body: Uint8Array): Pick<Received, 'contentType' | 'intake'> {
  const text = Buffer.from(body).toString('latin1');
  const intakeOf = (reads: Form['reads']) => {
    const intake = forms.find((it) => it.reads === reads)?.intake;
    return intake === undefined ? {} : { intake };
  };
  if (/^[\s\v]*MSH/.test(text)) return { contentType: 'x-application/hl7-v2+er7', ...intakeOf('hl7-v2') };
  if (isXml(file, text)) return { contentType: 'application/fhir+xml' };
  if (/"resourceType"\s*:/.test(text)) return { contentType: 'application/fhir+json' };
  return { contentType: 'application/json', ...intakeOf('json') };
}
