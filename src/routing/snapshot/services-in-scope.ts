import type { Residence } from './residence.ts';
import type { DirectoryService, DirectorySnapshot } from './snapshot.ts';

/** Up to this many services are all evaluated and explained; beyond it, only those whose catchment covers the home. */
const fewServices = 100;

/**
 * The active services of these types to evaluate one by one, each once, and the number of services whose catchment does
 * not cover the home. The reasons of a whole country would hide those that matter.
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

/** A service of two types is listed once. */
const once = (
  types: readonly string[],
  servicesOf: (type: string) => readonly DirectoryService[],
): readonly DirectoryService[] => {
  const [only, ...others] = types;
  if (only === undefined) return [];
  return others.length === 0 ? servicesOf(only) : [...new Set(types.flatMap(servicesOf))];
};
