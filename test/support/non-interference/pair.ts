import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Optional, type Played, playJourney } from './journey.ts';
import { type Secret, secrets, withheldFrom } from './secrets.ts';
import { type Delivered, openSide, type Question, type Reply, type Side } from './side.ts';

/** Two gateways that differ in what somebody may not know, and nothing else. */
export type Pair = {
  readonly a: Side;
  readonly b: Side;
  readonly played: Played;
  /** Values that differ. */
  readonly secrets: readonly Secret[];
  /** References that exist on either side. */
  readonly references: readonly string[];
  /** Deliveries and notifications to the one who asks that are not the same on both sides. */
  readonly delivered: readonly Leak[];
  readonly close: () => Promise<void>;
};

/** Whose question it is, and what is secret: values of elements, or with `without` that an event took place. */
export type Case = { readonly as: string; readonly without?: Optional; readonly hasEnded?: boolean };

const folder = join(import.meta.dirname, '../../../examples/messages/001-referral-as-collection');

/** A referral that anybody may send: its requester is no organisation of the directory. */
export const anyReferral = readFileSync(join(folder, 'input.json'), 'utf8')
  .replaceAll('99990101', '99990199')
  .replaceAll('01999901', '01999999');

export async function openPair({ as, without, hasEnded = false }: Case): Promise<Pair> {
  const values = secrets();
  const a = await openSide();
  const played = await playJourney(a, { edit: values.edit(new Set()), hasEnded, subscriber: as });
  const arrived = await a.deliver(delivering, as);
  const known = [await readsOf(a, as), ...arrived.map(({ body }) => body)].join('\n');
  const hidden = without ? [] : withheldFrom(values.all(), known);
  const b = await openSide();
  const otherwise = values.edit(new Set(hidden.map(({ at }) => at)));
  const other = await playJourney(b, {
    edit: otherwise,
    hasEnded,
    subscriber: as,
    ...(without ? { without: new Set([without]) } : {}),
  });
  const delivered = differencesIn(arrived, await b.deliver(delivering, as));
  // what was refused to it stands in the findings about its orders: it asks the same of both
  await readsOf(b, as);
  return {
    a,
    b,
    delivered,
    played: { found: played.found, failed: [...played.failed, ...other.failed] },
    secrets: without ? values.all() : hidden,
    references: [...new Set([...(await a.known()), ...(await b.known())])].sort(),
    close: async () => {
      await a.close();
      await b.close();
    },
  };
}

const delivering = { name: 'delivered', number: 400 };

/** Without what is drawn at random for each delivery: its request, and by the store the resource of a notification. */
const received = (it: Delivered | undefined): string =>
  it === undefined
    ? 'nothing'
    : JSON.stringify({
        ...it,
        requestId: '',
        ...(it.kind === 'event-notification'
          ? { body: it.body.replace(/urn:uuid:[0-9a-f-]{36}|"id":"[0-9a-f-]{36}"(?=\},"request")/g, '') }
          : {}),
      });

function differencesIn(one: readonly Delivered[], other: readonly Delivered[]): readonly Leak[] {
  const leaks: Leak[] = [];
  for (let n = 0; n < Math.max(one.length, other.length); n++) {
    const answers = [one[n], other[n]].map(received) as [string, string];
    if (answers[0] !== answers[1]) leaks.push({ question: `delivery ${n} ${one[n]?.kind ?? other[n]?.kind}`, answers });
  }
  return leaks;
}

/** All that a party reads at addresses, whatever it may search. */
export async function readsOf(side: Side, as: string): Promise<string> {
  const texts: string[] = [];
  for (const reference of await side.known()) {
    const operations = reference.startsWith('ServiceRequest/') ? ['/$case', '/$explain', '/$propose-transfer'] : [];
    for (const more of ['', '/_history', ...operations]) {
      const question = { method: 'GET', path: `/fhir/${reference}${more}` } as const;
      texts.push((await side.ask({ name: `read ${texts.length}`, number: 500 }, as, question)).text);
    }
  }
  return texts.join('\n');
}

/** What a question showed of a secret: where the answers of both sides begin to differ. */
export type Leak = { readonly question: string; readonly answers: readonly [string, string] };

/** Asks both sides the same, in the same moments. */
export async function leaksIn({ a, b }: Pair, as: string, asked: readonly Question[]): Promise<readonly Leak[]> {
  const leaks: Leak[] = [];
  for (const [index, question] of asked.entries()) {
    const step = { name: `question ${index}`, number: 1_000 + index };
    let [one, other] = [await a.ask(step, as, question), await b.ask(step, as, question)];
    const found = [leakOf(question, one, other)];
    // what a link leads to is compared, since the link itself is sealed
    for (let page = 0; page < 2 && nextOf(one) && nextOf(other); page++) {
      [one, other] = [await a.ask(step, as, nextOf(one)!), await b.ask(step, as, nextOf(other)!)];
      found.push(leakOf({ ...question, path: `${question.path} page ${page + 2}` }, one, other));
    }
    leaks.push(...found.flatMap((it) => it ?? []));
  }
  return leaks;
}

function nextOf({ text }: Reply): Question | undefined {
  const path = /"relation":"next","url":"http:\/\/localhost:8080([^"]+)"/.exec(text)?.[1];
  return path === undefined ? undefined : { method: 'GET', path };
}

/**
 * Of a sealed place its length, and of a sealed search, which has a nonce at each answer and is compressed, nothing; nor of the id of a
 * notification, which the store draws at random.
 */
export const plain = ({ status, headers, text }: Reply): string => {
  const unsealed = text
    .replace(/_cursor=([\w-]+)/g, (_, sealed: string) => `_cursor=${sealed.length}`)
    .replace(/_page=[\w-]+/g, '_page=sealed')
    .replace(/"dispatch":"[0-9a-f-]{36}"/g, '"dispatch":"drawn"');
  // the length of an answer with a sealed search is that of its seal
  return `${status} ${text === unsealed ? headers : headers.replace(/"content-length","\d+"/, '')} ${unsealed}`;
};

/** A few statements follow from a part of an answer; many more show that a secret is looked at. */
const isSlow = (one: Reply, other: Reply): boolean => {
  const [few, many] = [one.statements, other.statements].sort((x, y) => x - y) as [number, number];
  return many > 2 * few && many - few > 3;
};

function leakOf({ method, path, body }: Question, one: Reply, other: Reply): Leak | undefined {
  const [x, y] = [plain(one), plain(other)];
  const sent = body === undefined ? '' : ` ${typeof body === 'string' ? body : JSON.stringify(body)}`.slice(0, 300);
  if (x === y)
    return isSlow(one, other)
      ? {
          question: `${method} ${path}${sent}`,
          answers: [`${one.statements} statements`, `${other.statements} statements`],
        }
      : undefined;
  let at = 0;
  while (x[at] === y[at]) at++;
  const around = (text: string) => text.slice(Math.max(0, at - 100), at + 100);
  return { question: `${method} ${path}${sent}`, answers: [around(x), around(y)] };
}
