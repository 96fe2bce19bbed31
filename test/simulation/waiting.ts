import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Extension, HealthcareService } from '@medplum/fhirtypes';
import { setAvailability } from '../../src/routing/index.ts';
import { resourceOf, type TestGateway } from '../support/test-gateway.ts';
import { type Day, dayNumber, dayText } from './region.ts';

/** A provider tells the waiting times of a service: weeks until intake by main diagnosis group (`null`: everybody). */
export type Told = {
  readonly day: Day;
  readonly service: string;
  readonly partner: string;
  readonly weeks: readonly (readonly [string | null, number])[];
};

/** One provider tells every month, one every other month, the others never: theirs grow stale. */
export function planWaiting(from: string, months: number): readonly Told[] {
  const start = new Date(`${from}T00:00:00Z`);
  return Array.from({ length: months }, (_, n) => {
    const day = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + n, 8) / 86_400_000;
    const specialist: Told = {
      day,
      service: 'specialist-ggz-horizonland',
      partner: 'ggz-horizonland',
      weeks: [
        ['depressive', 9 + (n % 5)],
        ['anxiety', 7 + (n % 3)],
      ],
    };
    const basic: Told = {
      day: day + 1,
      service: 'basic-ggz-de-kade',
      partner: 'ggz-de-kade',
      weeks: [[null, 3 + (n % 4)]],
    };
    const elderly: Told = {
      day,
      service: 'elderly-ggz-horizonland',
      partner: 'ggz-horizonland',
      weeks: [[null, 5 + n]],
    };
    return n % 2 === 0 ? [specialist, basic, elderly] : [specialist];
  }).flat();
}

/** The PUT of a provider: the service as it reads it, with other weeks. */
export async function tell(gateway: TestGateway, { day, service, partner, weeks }: Told): Promise<void> {
  const path = `/fhir/HealthcareService/${service}`;
  const read = await gateway.ask('GET', path, { as: partner });
  const waitingTimes = weeks.map(([group, intakeWeeks]) => ({
    group,
    intakeWeeks,
    method: 'current',
    measuredOn: dayText(day),
    source: 'provider',
  }));
  const body = JSON.stringify(setAvailability(resourceOf<HealthcareService>(read), { waitingTimes }));
  const put = await gateway.ask('PUT', path, { as: partner, body, headers: { 'if-match': String(read.headers.etag) } });
  if (put.status !== 200) throw new Error(put.text.slice(0, 1_000));
}

/** Days after which the demo network holds a figure for stale. */
const fresh = 45;

/** `month / group / region` -> offers, stale ones, median weeks until intake: by hand, from the files and what was told. */
export function expectedWaiting(told: readonly Told[], months: readonly string[]): ReadonlyMap<string, string> {
  const file = join(import.meta.dirname, '../../examples/network/directory/services.json');
  const services = resourcesIn(JSON.parse(readFileSync(file, 'utf8')));
  const rows = new Map<string, string>();
  for (const month of months) {
    const [year = 0, number = 1] = month.split('-').map(Number);
    const end = Date.UTC(year, number, 0) / 86_400_000;
    const cells = new Map<string, { weeks: number[]; stale: number }>();
    for (const service of services)
      for (const { group, day, weeks } of figuresAt(service, told, end))
        for (const region of regionsOf(service)) {
          const key = `${month} / ${group} / ${region}`;
          const cell = cells.get(key) ?? { weeks: [], stale: 0 };
          cells.set(key, cell);
          if (end - day > fresh) cell.stale++;
          else if (weeks !== undefined) cell.weeks.push(weeks);
        }
    for (const [key, { weeks, stale }] of cells) {
      const sorted = weeks.sort((a, b) => a - b);
      if (weeks.length + stale > 0)
        rows.set(
          key,
          `${weeks.length} fresh, ${stale} stale, median ${sorted[Math.ceil(sorted.length / 2) - 1] ?? 'none'}`,
        );
    }
  }
  return rows;
}

type Figure = { readonly group: string; readonly day: Day; readonly weeks: number | undefined };

function figuresAt({ id, extension = [] }: HealthcareService, told: readonly Told[], end: Day): readonly Figure[] {
  const last = told.findLast(({ service, day }) => service === id && day <= end);
  if (last) return last.weeks.map(([group, weeks]) => ({ group: group ?? 'everybody', day: last.day, weeks }));
  return extension
    .filter(({ url }) => url.endsWith('/mgn-waiting-time'))
    .map((it) => ({
      group: partOf(it, 'diagnosisGroup')?.valueCodeableConcept?.coding?.[0]?.code ?? 'everybody',
      day: dayNumber(partOf(it, 'measuredOn')?.valueDate ?? ''),
      weeks: partOf(it, 'intake')?.valueDuration?.value,
    }));
}

const partOf = ({ extension = [] }: Extension, url: string) => extension.find((it) => it.url === url);

function regionsOf({ extension = [] }: HealthcareService): readonly string[] {
  const catchments = extension.filter(({ url }) => url.endsWith('/mgn-catchment'));
  const codes = catchments.flatMap((it) =>
    (it.extension ?? []).flatMap(({ valueIdentifier }) => valueIdentifier?.value ?? []),
  );
  return codes.length > 0 ? codes : ['everywhere'];
}

const resourcesIn = (file: unknown): readonly HealthcareService[] =>
  (Array.isArray(file) ? file : ((file as { entry: unknown[] }).entry ?? [])).map(
    (it: HealthcareService & { resource?: HealthcareService }) => it.resource ?? it,
  );
