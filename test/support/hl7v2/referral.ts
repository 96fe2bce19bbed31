/** Messages REF^I12 of a practice of the demo network, and what became of them. */
import type { Bundle } from '@medplum/fhirtypes';
import { isType, type Resource } from '../../../src/fhir/resource.ts';
import type { Sink } from '../servers/recording-receiver.ts';
import type { Answered, TestGateway } from '../test-gateway.ts';
import { acknowledgedIn, findingsIn } from './acknowledgement.ts';

/** Segments by name, instead of those of the usual message; `more` come last. */
export type Parts = {
  readonly msh?: (fields: string[]) => string[];
  readonly rf1?: string;
  readonly prd?: readonly string[];
  readonly pid?: string;
  readonly more?: readonly string[];
};

const person =
  'PID|1||999901102^^^NLMINBIZA^NNNLD||Proefpersoon^Testa||19900228|F|||Verzonnenlaan 12^^Zonnerveen^^1283 AB^NL';
const practice =
  'PRD|RP^Referring provider|Voorbeeldarts^H.||^^^Huisartsenpraktijk De Linde&2.16.528.1.1007.3.3.99990101&ISO|||01999911^AGB';

/** The message with this MSH-10, its segments ended as the standard has it. */
export function referral(
  control: string,
  { msh = (it) => it, rf1, prd = [], pid = person, more = [] }: Parts = {},
): string {
  const head = `MSH|^~\\&|HIS De Linde|Huisartsenpraktijk De Linde|MGN|Veen en Mond|20261116103000+0100||REF^I12^REF_I12|${control}|P|2.5|||||NLD|UNICODE UTF-8`;
  const order = rf1 ?? `RF1|P|R^Routine|||AM|V-${control}||||^Graag een verkennend gesprek`;
  return [msh(head.split('|')).join('|'), order, practice, ...prd, pid, ...more].map((it) => `${it}\r`).join('');
}

/** Replaces fields of MSH by position, counted as the standard does. */
export const withHead =
  (fields: Readonly<Record<number, string>>) =>
  (head: string[]): string[] => {
    const result = [...head];
    for (const [position, value] of Object.entries(fields)) result[Number(position) - 1] = value;
    return Array.from(result, (it) => it ?? '');
  };

export type SentReferral = {
  readonly answer: Answered;
  readonly code: string | undefined;
  readonly findings: ReturnType<typeof findingsIn>;
};

/** Sends it as the practice does. */
export async function sendReferral(
  gateway: TestGateway,
  body: string | Buffer,
  contentType = 'x-application/hl7-v2+er7',
): Promise<SentReferral> {
  const answer = await gateway.ask('POST', '/intake/referral', {
    as: 'gp-de-linde',
    body,
    contentType,
    requestId: null,
  });
  return { answer, code: acknowledgedIn(answer.text).code, findings: findingsIn(answer.text) };
}

/** The resources that the receiver got of the message with this MSH-10. */
export const deliveredBy = (sink: Sink, control: string): readonly Resource[] =>
  sink.received
    .filter(({ text }) => text.includes(`"${control}"`))
    .flatMap(({ bundle }) =>
      ((bundle as Bundle).entry ?? []).flatMap(({ resource }) => (resource ? [resource as Resource] : [])),
    );

export const ofType = <T extends Resource>(resources: readonly Resource[], type: T['resourceType']): readonly T[] =>
  resources.filter((it): it is T => isType(it, type as never));
