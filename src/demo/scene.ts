import type { OperationOutcome, Parameters } from '@medplum/fhirtypes';
import type { Step } from '../exchange/pipeline/step.ts';
import type { Resource } from '../fhir/resource.ts';
import { stepLines } from '../main/step-lines.ts';
import { world } from '../main.ts';
import { contentOf } from './bundles.ts';
import type { Message } from './message.ts';
import type { Narrator } from './narrator.ts';
import type { Arrival, PartnerResponse, PartnerSystem } from './partner-system.ts';
import type { Stage } from './stage.ts';

/** Actions of the partner systems in the story, and the messages that they receive. */
export type Scene = {
  readonly narrator: Narrator;
  readonly system: (partner: string) => PartnerSystem;
  /** Posts a message and prints each of its steps in the gateway. */
  readonly send: (partner: string, message: Message, options?: SendOptions) => Promise<PartnerResponse>;
  /** Reads the Task or order and requests a move of the version that was read. */
  readonly move: (partner: string, reference: string, transition: Transition) => Promise<PartnerResponse>;
  readonly read: <T extends Resource>(partner: string, reference: string) => Promise<T>;
  /** Waits until all is delivered, and prints what each system received since the last call. */
  readonly newArrivals: () => Promise<(partner: string) => readonly Arrival[]>;
};

type SendOptions = { readonly path?: string; readonly requestId?: string; readonly steps?: false };

/** Parameters of `$transition` (docs/guide/workflow.md). */
export type Transition = {
  readonly status?: string;
  readonly reason?: string;
  readonly businessStatus?: string;
  readonly outcome?: string;
};

export function setScene(stage: Stage, narrator: Narrator): Scene {
  const arrivalCounts = new Map<string, number>();
  const read = async <T extends Resource>(partner: string, reference: string) =>
    (await stage.system(partner).request('GET', `/${reference}`)).body as T;
  return {
    narrator,
    system: stage.system,
    read,
    send: async (partner, { body, contentType }, { path = '', requestId = world.newId(), steps } = {}) => {
      const headers = { 'x-request-id': requestId };
      const answer = await stage.system(partner).request('POST', path, { body, contentType, headers });
      narrator.say(
        `${partner}: POST /fhir${path} -> ${answer.status}`,
        `${partner}: POST /fhir${path} -> ${answer.status}`,
      );
      if (answer.status >= 400) printRefusal(narrator, answer);
      else if (steps !== false) await printSteps(stage, narrator, partner, requestId);
      return answer;
    },
    move: async (partner, reference, transition) => {
      const version = (await read(partner, reference)).meta?.versionId;
      const answer = await stage.system(partner).request('POST', `/${reference}/$transition`, {
        body: JSON.stringify(parametersOf(transition)),
        contentType: 'application/fhir+json',
        headers: { 'if-match': `W/"${version}"` },
      });
      const values = Object.values(transition).join(', ');
      const line = `${partner}: ${short(reference)} (${version}) $transition ${values} -> ${answer.status}`;
      narrator.say(line, line);
      if (answer.status >= 400) printRefusal(narrator, answer);
      return answer;
    },
    newArrivals: async () => {
      await stage.running.delivery.idle();
      const receivedBy = new Map<string, readonly Arrival[]>();
      for (const { id, arrivals } of stage.systems) {
        const received = arrivals.slice(arrivalCounts.get(id) ?? 0);
        arrivalCounts.set(id, arrivals.length);
        receivedBy.set(id, received);
        for (const it of received) narrator.say(`${id} received: ${contentOf(it)}`, `${id} ontving: ${contentOf(it)}`);
      }
      return (partner) => receivedBy.get(partner) ?? [];
    },
  };
}

const parametersOf = ({ outcome, ...codes }: Transition): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    ...Object.entries(codes).map(([name, valueCode]) => ({ name, valueCode })),
    ...(outcome ? [{ name: 'outcome', valueString: outcome }] : []),
  ],
});

const short = (reference: string): string => reference.replace(/(\/.{8}).*/, '$1…');

async function printSteps(stage: Stage, narrator: Narrator, partner: string, requestId: string): Promise<void> {
  const stored = await stage.running.gateway.store.messageByRequest(partner, requestId);
  const { steps } = JSON.parse(stored?.messageLog ?? '{"steps":[]}') as { readonly steps: readonly Step[] };
  narrator.lines(steps.flatMap((it) => stepLines(it, narrator.language)));
}

function printRefusal(narrator: Narrator, { body }: PartnerResponse): void {
  for (const { severity, details, expression } of (body as OperationOutcome).issue ?? []) {
    if (severity !== 'error' && severity !== 'fatal') continue;
    const code = details?.coding?.[1]?.code;
    const place = expression?.[0] ?? '';
    narrator.say(`  ${code}: ${details?.text} ${place}`, `  ${code}: ${dutchOf(details)} ${place}`);
  }
}

function dutchOf(details: unknown): string {
  const translations = (
    details as { _text?: { extension?: { extension?: { url: string; valueString?: string }[] }[] } }
  )?._text?.extension;
  return translations?.[0]?.extension?.find(({ url }) => url === 'content')?.valueString ?? '';
}
