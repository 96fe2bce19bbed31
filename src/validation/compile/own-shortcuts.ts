import { bsn } from '../../fhir/identifier.ts';
import { isObject, type JsonObject } from '../values/object.ts';

/** The resources of a Bundle with the addresses of their entries; undefined where anything has an unusual shape. */
type Entries = readonly { readonly fullUrl: string | undefined; readonly resource: JsonObject }[];

function entriesOf(bundle: JsonObject): Entries | undefined {
  const { entry } = bundle;
  if (!Array.isArray(entry)) return undefined;
  const found: { fullUrl: string | undefined; resource: JsonObject }[] = [];
  for (const it of entry as readonly unknown[]) {
    if (!isObject(it) || !isObject(it.resource)) return undefined;
    const { fullUrl, resource } = it;
    if (typeof resource.resourceType !== 'string') return undefined;
    if (fullUrl !== undefined && typeof fullUrl !== 'string') return undefined;
    found.push({ fullUrl, resource });
  }
  return found;
}

const ofType = (entries: Entries, type: string): Entries =>
  entries.filter(({ resource }) => resource.resourceType === type);

/** By fullUrl and by `Type/id`. */
function addressesOf(entries: Entries, type: string): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  for (const { fullUrl, resource } of ofType(entries, type)) {
    if (fullUrl !== undefined) found.add(fullUrl);
    if (typeof resource.id === 'string') found.add(`${type}/${resource.id}`);
    else if (resource.id !== undefined) return undefined;
  }
  return found;
}

const refersTo = (reference: unknown, addresses: ReadonlySet<string>): boolean =>
  isObject(reference) && typeof reference.reference === 'string' && addresses.has(reference.reference);

function tasksHaveTheirOrder(bundle: JsonObject): boolean {
  const entries = entriesOf(bundle);
  const orders = entries && addressesOf(entries, 'ServiceRequest');
  return orders !== undefined && ofType(entries!, 'Task').every(({ resource }) => refersTo(resource.focus, orders));
}

function allAreOfThePerson(bundle: JsonObject): boolean {
  const entries = entriesOf(bundle);
  const persons = entries && addressesOf(entries, 'Patient');
  if (!entries || !persons) return false;
  const isOfPerson = (it: unknown): boolean => it === undefined || refersTo(it, persons);
  return (
    ofType(entries, 'ServiceRequest').every(({ resource }) => isOfPerson(resource.subject)) &&
    ofType(entries, 'Task').every(({ resource }) => isOfPerson(resource.for))
  );
}

/** The codes of the network's use cases; undefined where anything has an unusual shape. */
function useCasesIn(concept: unknown): readonly string[] | undefined {
  if (!isObject(concept) || !Array.isArray(concept.coding)) return undefined;
  const found: string[] = [];
  for (const it of concept.coding as readonly unknown[]) {
    if (!isObject(it) || typeof it.system !== 'string' || typeof it.code !== 'string') return undefined;
    if (it.system.endsWith('/CodeSystem/mgn-use-case')) found.push(it.code);
  }
  return found;
}

function tasksHaveUseCasesOfOrders(bundle: JsonObject): boolean {
  const entries = entriesOf(bundle);
  if (!entries) return false;
  const known = new Set<string>();
  for (const { resource } of ofType(entries, 'ServiceRequest')) {
    if (!Array.isArray(resource.category)) return false;
    for (const category of resource.category as readonly unknown[]) {
      const codes = useCasesIn(category);
      if (!codes) return false;
      for (const code of codes) known.add(code);
    }
  }
  return ofType(entries, 'Task').every(
    ({ resource }) => useCasesIn(resource.code)?.every((code) => known.has(code)) === true,
  );
}

/**
 * Four rules of the gateway's own profiles that run for every referral and took a tenth of its validation in FHIRPath, by
 * their expression. True is certain; anything else, and anything of an unusual shape, is evaluated
 * (test/validation/own-shortcuts.test.ts compares).
 */
export const ownShortcuts: ReadonlyMap<string, (value: JsonObject) => boolean> = new Map([
  [
    "value.exists() implies (value.matches('^[0-9]{9}$') and value != '000000000' and (9 * value.substring(0, 1).toInteger() + 8 * value.substring(1, 1).toInteger() + 7 * value.substring(2, 1).toInteger() + 6 * value.substring(3, 1).toInteger() + 5 * value.substring(4, 1).toInteger() + 4 * value.substring(5, 1).toInteger() + 3 * value.substring(6, 1).toInteger() + 2 * value.substring(7, 1).toInteger() - value.substring(8, 1).toInteger()) mod 11 = 0)",
    ({ value }: JsonObject) => typeof value === 'string' && bsn(value) !== undefined,
  ],
  [
    "entry.where(resource is ServiceRequest).exists() implies (entry.resource.ofType(Task).all(focus.reference.exists()) and entry.resource.ofType(Task).focus.reference.subsetOf(entry.where(resource is ServiceRequest).fullUrl | entry.resource.ofType(ServiceRequest).id.select('ServiceRequest/' + $this)))",
    tasksHaveTheirOrder,
  ],
  [
    "entry.where(resource is Patient).exists() implies (entry.resource.ofType(ServiceRequest).subject.reference | entry.resource.ofType(Task).for.reference).subsetOf(entry.where(resource is Patient).fullUrl | entry.resource.ofType(Patient).id.select('Patient/' + $this))",
    allAreOfThePerson,
  ],
  [
    "entry.where(resource is ServiceRequest).exists() implies entry.resource.ofType(Task).code.coding.where(system.endsWith('/CodeSystem/mgn-use-case')).code.subsetOf(entry.resource.ofType(ServiceRequest).category.coding.where(system.endsWith('/CodeSystem/mgn-use-case')).code)",
    tasksHaveUseCasesOfOrders,
  ],
]);
