import type { Residence } from './residence.ts';
import type { Catchment, DirectoryService } from './snapshot.ts';

/** Whether a catchment covers a home. */
export function covers({ municipalities, postcodes }: Catchment, { municipality, postcode }: Residence): boolean {
  if (!municipalities && !postcodes) return true;
  if (municipality && municipalities?.includes(municipality)) return true;
  const number = Number(postcode ?? 0);
  return postcodes?.some(({ from, to }) => from <= number && number <= to) ?? false;
}

type Coverage = (home: Pick<Residence, 'municipality' | 'postcode'>) => readonly DirectoryService[];

const coverages = new WeakMap<readonly DirectoryService[], Coverage>();

/** Finds the services that cover a home without evaluating the others. Built on first use and cached by the list. */
export function coverageOf(services: readonly DirectoryService[]): Coverage {
  const known = coverages.get(services);
  if (known) return known;
  const coverage = buildCoverage(services);
  coverages.set(services, coverage);
  return coverage;
}

/** Postcodes in blocks of a hundred: a range touches few blocks, and few ranges touch one. */
const hundredOf = (postcode: number): number => Math.floor(postcode / 100);

function buildCoverage(services: readonly DirectoryService[]): Coverage {
  const everywhere: DirectoryService[] = [];
  const byMunicipality = new Map<string, DirectoryService[]>();
  const byHundred = new Map<number, DirectoryService[]>();
  const file = <K>(groups: Map<K, DirectoryService[]>, key: K, service: DirectoryService): void => {
    const group = groups.get(key);
    if (!group) groups.set(key, [service]);
    else if (group.at(-1) !== service) group.push(service);
  };
  for (const service of services) {
    const { municipalities, postcodes } = service.catchment;
    if (!municipalities && !postcodes) everywhere.push(service);
    for (const it of municipalities ?? []) file(byMunicipality, it, service);
    for (const { from, to } of postcodes ?? [])
      for (let it = hundredOf(from); it <= hundredOf(to); it++) file(byHundred, it, service);
  }
  return ({ municipality, postcode }) => {
    const byTown = municipality === null ? [] : (byMunicipality.get(municipality) ?? []);
    const home = { residence: 'inside' as const, municipality: null, postcode };
    const nearby = (byHundred.get(hundredOf(Number(postcode ?? 0))) ?? []).filter(({ catchment: { postcodes = [] } }) =>
      covers({ postcodes }, home),
    );
    return nearby.length > 0 ? [...new Set([...everywhere, ...byTown, ...nearby])] : [...everywhere, ...byTown];
  };
}
