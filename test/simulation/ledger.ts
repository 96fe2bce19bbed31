import { type Answer, type Day, dayNumber, dayText, type Journey } from './region.ts';

/** What one group of a report should say: made from the plan alone, by none of the gateway's code. */
export type Expected = {
  readonly total: number;
  readonly strata: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly days?: readonly number[];
};

type Happening = { readonly day: Day; readonly of: Readonly<Record<string, string>>; readonly days?: number };

/** The independent count: groups of the Measures over a period (days, both included). */
export function expectedOf(
  journeys: readonly Journey[],
  from: string,
  until: string,
): Readonly<Record<string, Expected>> {
  const [first, last] = [dayNumber(from), dayNumber(until)];
  const within = (all: readonly Happening[]) => all.filter(({ day }) => first <= day && day <= last);
  return Object.fromEntries(Object.entries(happenings(journeys)).map(([group, all]) => [group, counted(within(all))]));
}

function counted(all: readonly Happening[]): Expected {
  const strata: Record<string, Record<string, number>> = {};
  for (const { day, of } of all)
    for (const [stratifier, code] of Object.entries({ ...of, month: dayText(day).slice(0, 7) })) {
      const counts = strata[stratifier] ?? {};
      strata[stratifier] = { ...counts, [code]: (counts[code] ?? 0) + 1 };
    }
  const days = all.flatMap((it) => (it.days === undefined ? [] : it.days));
  return { total: all.length, strata, ...(days.length > 0 ? { days } : {}) };
}

const help: Readonly<Record<string, string>> = {
  'social-domain': 'outside-ggz',
  'gp-poh': 'outside-ggz',
  'own-network': 'outside-ggz',
  'basis-ggz': 'inside-ggz',
  'specialist-ggz': 'inside-ggz',
  combination: 'combined',
};

const kindOf: Readonly<Record<string, string>> = {
  'specialist-ggz-horizonland': 'specialist-ggz',
  'addiction-care-keerpunt': 'addiction-care',
};

function happenings(journeys: readonly Journey[]): Readonly<Record<string, readonly Happening[]>> {
  const registrations: Happening[] = [];
  const transfers: Happening[] = [];
  const outcomes: Happening[] = [];
  const explorations: Happening[] = [];
  const conversations: Happening[] = [];
  const firstHelp: Happening[] = [];
  const inflow: Happening[] = [];
  const rejections: Happening[] = [];
  const silent: Happening[] = [];
  const answered = (answer: Answer, asked: Day, municipality: string, useCase: string) => {
    if (answer.silent) silent.push({ day: asked, of: { municipality, 'use-case': useCase } });
    if (answer.no) {
      const { reason, alternative } = answer.no;
      rejections.push({
        day: answer.day,
        of: { reason, 'use-case': useCase, ...(alternative ? { alternative } : {}) },
      });
    }
  };
  for (const it of journeys) {
    const { municipality, referrer } = it;
    registrations.push({ day: it.received, of: { municipality, referrer } });
    answered(it.answer, it.received, municipality, 'registration');
    if (it.started !== undefined)
      inflow.push({ day: it.started, of: { municipality, service: 'basic-ggz', way: 'direct' } });
    for (const [index, { held, told, outcome }] of it.conversations.entries()) {
      if (index === 0) conversations.push({ day: told, of: { municipality }, days: held - it.referred });
      if (outcome === 'more-exploration') explorations.push({ day: told, of: {} });
      else outcomes.push({ day: told, of: { municipality, outcome, help: help[outcome]! } });
    }
    const began: Happening[] = [];
    for (const one of it.followUps) {
      if (one.kind !== 'social') transfers.push({ day: one.asked, of: { municipality } });
      const useCase = one.kind === 'social' ? 'social-request' : 'transfer';
      answered(one.answer, one.asked, municipality, useCase);
      if (one.other) answered(one.other.answer, one.asked, municipality, useCase);
      if (one.answer.no) continue;
      const domain = one.kind === 'social' ? 'social' : 'care';
      began.push({ day: one.started, of: { domain }, days: one.started - it.referred });
      if (one.kind !== 'social' && it.way === 'team')
        inflow.push({
          day: one.started,
          of: { municipality, service: kindOf[one.service]!, way: 'after-registration' },
        });
    }
    const first = began.sort((a, b) => a.day - b.day)[0];
    if (first) firstHelp.push(first);
  }
  return {
    registrations,
    transfers,
    'conversations-with-outcome': outcomes,
    'further-exploration': explorations,
    'inflow-ggz': inflow,
    'median-days-to-conversation': conversations,
    'median-days-to-help': firstHelp,
    rejections,
    silent,
  };
}
