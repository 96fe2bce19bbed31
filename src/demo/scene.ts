import type { OperationOutcome, Parameters } from '@medplum/fhirtypes';
import type { Step } from '../exchange/pipeline/step.ts';
import type { Resource } from '../fhir/resource.ts';
import { stepLines } from '../main/step-lines.ts';
import { world } from '../main.ts';
import { contentOf } from './bundles.ts';
import type { Message } from './message.ts';
import type { Arrival, Asked, PartnerSystem } from './partner-system.ts';
import type { Stage } from './stage.ts';
import type { Teller } from './teller.ts';

/** What the systems of the partners do in the story, and what each hears of it. */
export type Scene = {
  readonly teller: Teller;
  readonly system: (partner: string) => PartnerSystem;
  /** Posts a message, and tells each step that it took inside the gateway. */
  readonly send: (partner: string, message: Message, options?: Sending) => Promise<Asked>;
  /** Reads the Task or order and asks for a move of the version that was read. */
  readonly move: (partner: string, reference: string, wish: Wish) => Promise<Asked>;
  readonly read: <T extends Resource>(partner: string, reference: string) => Promise<T>;
  /** Waits until all is delivered, and tells what each system received since the last time. */
  readonly hear: () => Promise<(partner: string) => readonly Arrival[]>;
};

type Sending = { readonly path?: string; readonly requestId?: string; readonly steps?: false };

/** Parameters of `$transition` (docs/guide/workflow.md). */
export type Wish = {
  readonly status?: string;
  readonly reason?: string;
  readonly businessStatus?: string;
  readonly outcome?: string;
};

export function setScene(stage: Stage, teller: Teller): Scene {
  const heard = new Map<string, number>();
  const read = async <T extends Resource>(partner: string, reference: string) =>
    (await stage.system(partner).ask('GET', `/${reference}`)).body as T;
  return {
    teller,
    system: stage.system,
    read,
    send: async (partner, { body, contentType }, { path = '', requestId = world.newId(), steps } = {}) => {
      const headers = { 'x-request-id': requestId };
      const answer = await stage.system(partner).ask('POST', path, { body, contentType, headers });
      teller.say(
        `${partner}: POST /fhir${path} -> ${answer.status}`,
        `${partner}: POST /fhir${path} -> ${answer.status}`,
      );
      if (answer.status >= 400) tellRefusal(teller, answer);
      else if (steps !== false) await tellSteps(stage, teller, partner, requestId);
      return answer;
    },
    move: async (partner, reference, wish) => {
      const version = (await read(partner, reference)).meta?.versionId;
      const answer = await stage.system(partner).ask('POST', `/${reference}/$transition`, {
        body: JSON.stringify(parametersOf(wish)),
        contentType: 'application/fhir+json',
        headers: { 'if-match': `W/"${version}"` },
      });
      const wished = Object.values(wish).join(', ');
      const line = `${partner}: ${short(reference)} (${version}) $transition ${wished} -> ${answer.status}`;
      teller.say(line, line);
      if (answer.status >= 400) tellRefusal(teller, answer);
      return answer;
    },
    hear: async () => {
      await stage.running.delivery.idle();
      const news = new Map<string, readonly Arrival[]>();
      for (const { id, arrivals } of stage.systems) {
        const fresh = arrivals.slice(heard.get(id) ?? 0);
        heard.set(id, arrivals.length);
        news.set(id, fresh);
        for (const it of fresh) teller.say(`${id} received: ${contentOf(it)}`, `${id} ontving: ${contentOf(it)}`);
      }
      return (partner) => news.get(partner) ?? [];
    },
  };
}

const parametersOf = ({ outcome, ...codes }: Wish): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    ...Object.entries(codes).map(([name, valueCode]) => ({ name, valueCode })),
    ...(outcome ? [{ name: 'outcome', valueString: outcome }] : []),
  ],
});

const short = (reference: string): string => reference.replace(/(\/.{8}).*/, '$1…');

async function tellSteps(stage: Stage, teller: Teller, partner: string, requestId: string): Promise<void> {
  const stored = await stage.running.gateway.store.messageByRequest(partner, requestId);
  const { steps } = JSON.parse(stored?.messageLog ?? '{"steps":[]}') as { readonly steps: readonly Step[] };
  teller.lines(steps.flatMap((it) => stepLines(it, teller.language)));
}

function tellRefusal(teller: Teller, { body }: Asked): void {
  for (const { severity, details, expression } of (body as OperationOutcome).issue ?? []) {
    if (severity !== 'error' && severity !== 'fatal') continue;
    const code = details?.coding?.[1]?.code;
    const place = expression?.[0] ?? '';
    teller.say(`  ${code}: ${details?.text} ${place}`, `  ${code}: ${dutchOf(details)} ${place}`);
  }
}

function dutchOf(details: unknown): string {
  const translations = (
    details as { _text?: { extension?: { extension?: { url: string; valueString?: string }[] }[] } }
  )?._text?.extension;
  return translations?.[0]?.extension?.find(({ url }) => url === 'content')?.valueString ?? '';
}
