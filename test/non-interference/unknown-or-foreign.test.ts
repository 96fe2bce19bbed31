import { afterAll, beforeAll, expect, test } from 'vitest';
import { isLong, isWhole } from '../support/long.ts';
import { playJourney } from '../support/non-interference/journey.ts';
import { anyReferral, plain, readsOf } from '../support/non-interference/pair.ts';
import { questionsAbout } from '../support/non-interference/questions.ts';
import { idOf, openSide, type Side } from '../support/non-interference/side.ts';

/** An id of what somebody may not read is to it an id of nothing: in an address, a reference, a criterion, a message. */
let side: Side;
let references: readonly string[];
beforeAll(async () => {
  side = await openSide();
  expect((await playJourney(side, { edit: (_, body) => body })).failed).toEqual([]);
  references = await side.known();
});
afterAll(() => side.close());

const stride = isWhole ? 1 : isLong ? 17 : 41;

test.each([
  'keerpunt-verslavingszorg',
  'gp-het-baken',
  ...(isWhole || isLong
    ? [
        'jeugdpraktijk-windveer',
        'wijkteam-zonnerveen',
        'herstelinitiatief-de-brug',
        'gp-de-linde',
        'ggz-horizonland',
        'gp-veenzicht',
      ]
    : []),
])(
  '%s is answered alike about what it may not read and what is not there',
  async (as) => {
    let asked = 0;
    const ask = (question: Parameters<Side['ask']>[2], number: number) =>
      side.ask({ name: `asked ${number}`, number: 1_000 + number }, as, question);
    const found: string[] = [];
    // an address of the order or the consultation that its own request names: a search by it finds that request
    const reads = await readsOf(side, as);
    for (const reference of references) {
      const { status } = await ask({ method: 'GET', path: `/fhir/${reference}` }, asked++);
      if (status !== 404) continue;
      const [type, id] = reference.split('/') as [string, string];
      const nothing = idOf(`nothing ${reference}`);
      const guess = { secrets: [], referral: anyReferral };
      const [foreign, unknown] = [id, nothing].map((it) => questionsAbout(`${type}/${it}`, guess));
      for (const [index, question] of foreign!.entries()) {
        const number = asked++;
        if (number % stride || (question.path.includes('?') && reads.includes(reference))) continue;
        const answers = [await ask(question, number), await ask(unknown![index]!, number)].map((it) =>
          plain(it).replaceAll(id, 'ID').replaceAll(nothing, 'ID'),
        );
        if (answers[0] !== answers[1])
          found.push(
            `${question.method} ${question.path} ${JSON.stringify(question.body ?? '').slice(0, 200)}: ${answers}`,
          );
      }
    }
    expect(asked).toBeGreaterThan(1_000);
    expect(found).toEqual([]);
  },
  3_600_000,
);
