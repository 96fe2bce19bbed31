import type { Bundle, OperationOutcome, Parameters, Task } from '@medplum/fhirtypes';
import { parseJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { readXml } from '../../fhir/xml.ts';
import type { ExampleAnswer } from './client.ts';
import type { Expected, NamedExample } from './example.ts';
import { locationIn, type Player, playGiven } from './given.ts';
import { namedAnew, namedForSure } from './named-anew.ts';

/** What came of an example. */
export type Played = {
  readonly requestId: string;
  readonly answer: ExampleAnswer;
  readonly findings: readonly Finding[];
  readonly order?: string;
  readonly task?: string;
  /** `Task.owner` afterwards. */
  readonly owner?: string;
  /** Result of `$explain` for the sender, in English. */
  readonly explanation?: string;
  /** Differences from what the example expects; empty: as expected. */
  readonly differences: readonly string[];
};

export type Finding = { readonly severity: string; readonly rule: string; readonly at?: string; readonly text: string };

/** Plays an example with its given steps on a gateway. Throws GivenRefused. */
export async function playExample(player: Player, { name, example, body }: NamedExample): Promise<Played> {
  const { given, send, as } = example;
  const insert = given ? await playGiven(player, given) : (text: string) => text;
  const contentType = send['content-type'];
  const whole = given ? Buffer.from(insert(body.toString())) : body;
  const isReferral = given === undefined && example.expect.stored === 'graph';
  const message = (isReferral ? namedForSure : namedAnew)(whole, contentType, player.run);
  const { 'X-Request-Id': ownId, ...headers } = send.headers ?? {};
  const requestId = ownId === undefined ? player.world.newId() : ownId;
  const answer = await player.client(send.method, send.path, {
    ...(send.authorization === undefined ? { as } : {}),
    body: message,
    contentType,
    headers: {
      ...(headers as Record<string, string>),
      ...(requestId === null ? {} : { 'x-request-id': requestId }),
      ...(send.authorization ? { authorization: send.authorization } : {}),
    },
  });
  player.say(`${as} sends ${name} -> ${answer.status}`);
  const found = isHl7(answer) ? acknowledged(answer) : await inFhir(player, as, answer);
  const played = { requestId: requestId ?? '(none)', answer, ...found };
  return { ...played, differences: differencesOf(played, example.expect) };
}

type Found = Pick<Played, 'findings' | 'order' | 'task' | 'owner' | 'explanation'>;

async function inFhir(player: Player, as: string, sent: ExampleAnswer): Promise<Found> {
  const answer = inJson(sent);
  const findings = findingsIn(parseJson(answer.text));
  if (answer.status >= 300) return { findings };
  const [order, task] = [locationIn(answer, 'ServiceRequest'), locationIn(answer, 'Task')];
  const owner = task && ((await read(player, as, task)) as Task | undefined)?.owner?.reference;
  const explained = order && ((await read(player, as, `${order}/$explain`)) as Parameters | undefined);
  const explanation = explained ? inEnglish(explained) : '';
  return {
    findings,
    ...(order ? { order } : {}),
    ...(task ? { task } : {}),
    ...(owner ? { owner } : {}),
    ...(explanation ? { explanation } : {}),
  };
}

async function read(player: Player, as: string, path: string): Promise<Resource | undefined> {
  const { status, text } = await player.client('GET', `/fhir/${path}`, { as });
  return status === 200 ? parseJson(text) : undefined;
}

const inEnglish = ({ parameter = [] }: Parameters): string =>
  parameter.flatMap(({ part = [] }) => part.find(({ name }) => name === 'en')?.valueString ?? []).join('\n');

const inJson = (answer: ExampleAnswer): ExampleAnswer =>
  answer.text.trimStart().startsWith('<') ? { ...answer, text: JSON.stringify(readXml(answer.text).resource) } : answer;

/** Findings of a refusal, or of an acceptance as transaction or message. */
function findingsIn(resource: Resource): readonly Finding[] {
  const outcomes = isType(resource, 'OperationOutcome')
    ? [resource]
    : isType(resource, 'Bundle')
      ? ((resource as Bundle).entry ?? []).flatMap(({ response, resource: it }) =>
          [response?.outcome, it].flatMap((one) => (isType(one as Resource, 'OperationOutcome') ? [one] : [])),
        )
      : [];
  return (outcomes as OperationOutcome[]).flatMap(({ issue }) =>
    issue.map(({ severity, details, expression }) => ({
      severity,
      rule: details?.coding?.[1]?.code ?? '?',
      ...(expression?.[0] ? { at: expression[0] } : {}),
      text: details?.text ?? '',
    })),
  );
}

const isHl7 = ({ text }: ExampleAnswer): boolean => text.startsWith('MSH|');

const hl7Severity: Readonly<Record<string, string>> = { E: 'error', W: 'warning', I: 'information' };

/** The ERR segments of an acknowledgement (HL7 v2.5, 2.15.5). */
const acknowledged = ({ text }: ExampleAnswer): Found => ({
  findings: text
    .split(/[\r\n]+/)
    .map((line) => line.split('|'))
    .filter(([name]) => name === 'ERR')
    .map(([, , at, , severity = '', rule = '', , words = '']) => ({
      severity: hl7Severity[severity] ?? severity,
      rule: rule.split('^')[0] ?? '',
      ...(at ? { at } : {}),
      text: words,
    })),
});

/**
 * The person of the examples is always the same, and some name that person otherwise: that there is a second referral, or
 * other data about the person in another example, is no difference.
 */
const ofAnyRun: ReadonlySet<string> = new Set(['second-referral', 'identity-conflict']);

function differencesOf(
  { answer, findings, owner, explanation = '' }: Omit<Played, 'differences'>,
  expected: Expected,
): readonly string[] {
  const differences: string[] = [];
  const expectSame = (what: string, found: unknown, wished: unknown) => {
    if (found !== wished) differences.push(`${what}: ${found ?? 'none'}, expected ${wished ?? 'none'}`);
  };
  expectSame('status', answer.status, expected.status);
  const warnings = namesOf(findings.flatMap(({ severity, rule }) => (severity === 'warning' ? [rule] : [])));
  if (expected.stored === 'graph') expectSame('warnings', warnings, namesOf(expected.warnings ?? []));
  if (!isHl7(answer)) expectSame('routed to', owner, expected['routed-to']);
  for (const words of expected.explained ?? [])
    if (!explanation.includes(words)) differences.push(`not explained: ${words}`);
  for (const { rule, at, constraint = '' } of expected.errors ?? []) {
    const isFound = findings.some(
      (it) => it.rule === rule && (at === undefined || it.at === at) && it.text.includes(constraint),
    );
    if (!isFound) differences.push(`no error ${rule}${at ? ` at ${at}` : ''}`);
  }
  return differences;
}

const namesOf = (rules: readonly string[]): string =>
  [...new Set(rules.filter((rule) => !ofAnyRun.has(rule)))].sort().join(', ');
