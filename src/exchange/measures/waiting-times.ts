import type { HealthcareService } from '@medplum/fhirtypes';
import { daysBetween, lastDayOf, type WaitingFact } from '../../measure/index.ts';
import { type Availability, availabilityOf, type WaitingTime } from '../../routing/index.ts';
import type { MeasureContext } from './measure-context.ts';

/**
 * Waiting times (wachttijden) reported by members, at the end of each month, by main diagnosis group and municipality.
 */
export async function waitingTimesIn(context: MeasureContext): Promise<readonly WaitingFact[]> {
  const { store, network, period, dayOf } = context;
  const current = new Map<string, Availability>();
  const facts: WaitingFact[] = [];
  let next = 0;
  const close = (until: string) => {
    for (; next < period.months.length && lastDayOf(period.months[next]!) < until; next++)
      facts.push(...factsAt(context, period.months[next]!, current));
  };
  let cursor: string | undefined;
  do {
    const page = await store.directory({ type: 'HealthcareService', count: 500, ...(cursor ? { cursor } : {}) });
    for (const { id, text, at } of page.items) {
      const day = dayOf(at);
      close(day);
      const reference = `HealthcareService/${id}`;
      const organization = network.directory.service(reference)?.organization;
      if (!organization || !network.directory.organization(organization)?.member) continue;
      if (text === undefined) current.delete(reference);
      else current.set(reference, availabilityOf(JSON.parse(text) as HealthcareService));
    }
    cursor = page.next;
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor && next < period.months.length);
  close('9999-12-31');
  return facts;
}

type GroupTotals = { readonly intake: number[]; readonly treatment: number[]; stale: number };

function factsAt(
  { network }: MeasureContext,
  month: string,
  current: ReadonlyMap<string, Availability>,
): readonly WaitingFact[] {
  const gathered = new Map<string, GroupTotals>();
  for (const [reference, { waitingTimes }] of current) {
    const regions = network.directory.service(reference)?.catchment.municipalities ?? ['everywhere'];
    for (const one of latestOf(waitingTimes, lastDayOf(month)))
      for (const region of regions)
        add(gathered, `${one.group ?? 'everybody'} ${region}`, one, isStale(network, one, month));
  }
  return [...gathered]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { intake, treatment, stale }]) => {
      const [group = '', region = ''] = key.split(' ');
      return { month, group, region, intakeWeeks: intake, treatmentWeeks: treatment, stale };
    });
}

/** The latest waiting time of each group, not measured after `day`: a service may report by two methods. */
function latestOf(waitingTimes: readonly WaitingTime[], day: string): Iterable<WaitingTime> {
  const latest = new Map<string | null, WaitingTime>();
  for (const it of waitingTimes) {
    const before = latest.get(it.group);
    if (it.measuredOn <= day && (!before || before.measuredOn < it.measuredOn)) latest.set(it.group, it);
  }
  return latest.values();
}

const isStale = (
  { settings: { norms } }: MeasureContext['network'],
  { measuredOn }: WaitingTime,
  month: string,
): boolean => daysBetween(measuredOn, lastDayOf(month)) > norms.staleAfterDays;

function add(gathered: Map<string, GroupTotals>, key: string, one: WaitingTime, stale: boolean): void {
  const here = gathered.get(key) ?? { intake: [], treatment: [], stale: 0 };
  gathered.set(key, here);
  if (stale) here.stale++;
  else {
    if (one.intakeWeeks !== undefined) here.intake.push(one.intakeWeeks);
    if (one.treatmentWeeks !== undefined) here.treatment.push(one.treatmentWeeks);
  }
}
