import type { Residence } from './residence.ts';
import type { DirectoryService, DirectorySnapshot } from './snapshot.ts';

/** As many services as people may want to see the reasons of, one by one; of more, only those of the home's catchment. */
const fewServices = 100;

/**
 * The active services of some types, each once, as far as they are to be looked at one by one; and how many more there are,
 * whose catchment does not cover the home. The reasons of a whole country would hide those that matter.
 */
export function servicesInScope(
  types: readonly string[],
  home: Residence | 'anywhere',
  directory: DirectorySnapshot,
): { readonly services: readonly DirectoryService[]; readonly elsewhere: number } {
  const all = types.reduce((sum, it) => sum + directory.servicesOfType(it).length, 0);
  if (home === 'anywhere' || all <= fewServices)
    return { services: once(types, (it) => directory.servicesOfType(it)), elsewhere: 0 };
  const services = once(types, (it) => directory.servicesCovering(it, home));
  return { services, elsewhere: all - services.length };
}

/** A service of two types stands once. */
const once = (
  types: readonly string[],
  servicesOf: (type: string) => readonly DirectoryService[],
): readonly DirectoryService[] => {
  const [only, ...others] = types;
  if (only === undefined) return [];
  return others.length === 0 ? servicesOf(only) : [...new Set(types.flatMap(servicesOf))];
};
