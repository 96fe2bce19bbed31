/**
 * For each constraint of the nl-core profiles that an example meets, a change of that example that breaks only it.
 * Which constraints there are is read from the profiles' own differentials, not from what our compiler made of them.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { openDefinitions } from '../../src/definitions/registry.ts';
import { isError } from '../../src/fhir/issue.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { openValidator, type Validator } from '../../src/validation/index.ts';
import { nlCoreExamples, packages } from './nl-core.ts';

type Json = Record<string, unknown>;
/** One way to break one constraint. `change` returns false when the example has nothing to break there. */
type Mutation = { readonly constraint: string; readonly change: (resource: Json) => boolean };

export type Mutations = {
  readonly tried: number;
  readonly caught: number;
  readonly missed: readonly string[];
  readonly byKind: ReadonlyMap<string, readonly [number, number]>;
};

export async function measureMutations(): Promise<Mutations> {
  const definitions = openDefinitions({ packages: packages() });
  const validator = await openValidator({ packages: packages() });
  const missed: string[] = [];
  const byKind = new Map<string, [number, number]>();
  const seen = new Set<string>();
  for (const { name, text } of nlCoreExamples()) {
    const resource = parseXml(text);
    for (const url of resource.meta?.profile ?? []) {
      for (const profile of chainOf((canonical) => definitions.find('StructureDefinition', canonical), url)) {
        for (const { constraint, change } of mutationsOf(profile)) {
          const broken = structuredClone(resource) as unknown as Json;
          // Each constraint of each profile once a resource type and place is enough; another example adds nothing.
          const key = `${profile.url} ${constraint} ${resource.resourceType}`;
          if (seen.has(key) || !change(broken)) continue;
          seen.add(key);
          const kind = constraint.split(' ')[0] ?? '';
          const count = byKind.get(kind) ?? [0, 0];
          byKind.set(kind, count);
          count[0]++;
          if (isCaught(validator, broken)) count[1]++;
          else missed.push(`${name}: ${profile.id} ${constraint}`);
        }
      }
    }
  }
  const sum = (index: 0 | 1): number => [...byKind.values()].reduce((all, it) => all + it[index], 0);
  return { tried: sum(0), caught: sum(1), missed, byKind };
}

/** Caught: an error, or for a code of a system that is not here the question. */
function isCaught(validator: Validator, resource: Json): boolean {
  const { issues } = validator.validate(resource as unknown as Resource);
  return issues.some(isError);
}

function chainOf(find: (url: string) => StructureDefinition | undefined, url: string): StructureDefinition[] {
  const found = find(url);
  if (found?.derivation !== 'constraint') return [];
  return [found, ...chainOf(find, found.baseDefinition ?? '')];
}

function mutationsOf({ differential, type }: StructureDefinition): Mutation[] {
  const elements = differential?.element ?? [];
  return elements.flatMap((element) => (element.path === type ? [] : mutationsOfElement(element, elements)));
}

function mutationsOfElement(element: ElementDefinition, all: readonly ElementDefinition[]): Mutation[] {
  const { id = '', path = '', min, max } = element;
  const steps = path.split('.').slice(1);
  if (element.sliceName) return sliceMutations(element, all, steps);
  // Inside a slice only values of that slice may be changed; which those are the slice's own values tell.
  const slice = sliceOf(id, all);
  if (slice === 'unclear' || tellsSlice(element, all)) return [];
  const at = (change: (holder: Json, name: string) => boolean) => (resource: Json) =>
    visit(resource, steps, slice, change);
  const made: Mutation[] = [];
  if (min) made.push({ constraint: `min ${id}`, change: at(remove) });
  if (max !== undefined && max !== '*')
    made.push({ constraint: `max ${id}`, change: at((holder, name) => repeat(holder, name, Number(max))) });
  for (const prefix of ['fixed', 'pattern']) {
    const found = Object.entries(element).find(
      ([name]) => name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length)),
    );
    // Within an open slicing another value is simply no member of the slice.
    if (found && !id.includes(':'))
      made.push({ constraint: `${prefix} ${id}`, change: at((holder, name) => spoil(holder, name, found[1])) });
  }
  if (element.binding?.strength === 'required' && !id.includes(':'))
    made.push({ constraint: `binding ${id}`, change: at(otherCode) });
  if (element.type && path.endsWith('[x]'))
    made.push({ constraint: `type ${id}`, change: at((holder, name) => otherType(holder, name, element)) });
  const reference = element.type?.find(({ code }) => code === 'Reference');
  if (reference?.targetProfile && !id.includes(':'))
    made.push({ constraint: `reference ${id}`, change: at(otherTarget) });
  for (const side of ['minValue', 'maxValue'] as const) {
    const limit = Object.entries(element).find(([name]) => name.startsWith(side));
    if (limit && !id.includes(':'))
      made.push({ constraint: `${side} ${id}`, change: at((holder, name) => beyond(holder, name, side)) });
  }
  return made;
}

/** Without what tells a slice, a value is no member of it; that breaks another constraint, or none. */
function tellsSlice({ id = '' }: ElementDefinition, all: readonly ElementDefinition[]): boolean {
  const sliced = /^(.*):[^.:]+\./.exec(id)?.[1];
  const own = all.find((it) => it.id === sliced);
  const name = id.slice(id.lastIndexOf(':')).replace(/^[^.]*\./, '');
  return own?.slicing?.discriminator?.some(({ path }) => path === name || path?.startsWith(`${name}.`)) ?? false;
}

/** Too few and too many members of a slice. */
function sliceMutations(
  element: ElementDefinition,
  all: readonly ElementDefinition[],
  steps: readonly string[],
): Mutation[] {
  const { id = '', min, max } = element;
  const members = sliceOf(`${id}.`, all);
  if (members === 'unclear' || !members || id.slice(0, id.lastIndexOf(':')).includes(':')) return [];
  const isMember = (it: unknown): boolean => members.every((asked) => holds(it, asked));
  const change = (edit: (list: unknown[], found: unknown[]) => unknown[]) => (resource: Json) =>
    visit(resource, steps, undefined, (holder, name) => {
      const list = holder[name];
      const found = Array.isArray(list) ? list.filter(isMember) : [];
      if (found.length === 0) return false;
      const edited = edit(list as unknown[], found);
      if (edited.length > 0) holder[name] = edited;
      else delete holder[name];
      return true;
    });
  const made: Mutation[] = [];
  if (min) made.push({ constraint: `slice-min ${id}`, change: change((list) => list.filter((it) => !isMember(it))) });
  if (max !== undefined && max !== '*' && max !== '0')
    made.push({
      constraint: `slice-max ${id}`,
      change: change((list, found) => [
        ...list,
        ...Array.from({ length: Number(max) }, () => structuredClone(found[0])),
      ]),
    });
  return made;
}

/** The slice that an id names, as values that its members hold; undefined outside any slice. */
function sliceOf(id: string, all: readonly ElementDefinition[]): Json[] | undefined | 'unclear' {
  const head = /^(.*?:[^.]+)\./.exec(id)?.[1];
  if (!id.includes(':')) return undefined;
  if (!head || id.slice(head.length).includes(':')) return 'unclear';
  const own = all.find((it) => it.id === head);
  const pattern = own && Object.entries(own).find(([name]) => /^(?:pattern|fixed)[A-Z]/.test(name))?.[1];
  const inner = all
    .filter((it) => it.id?.startsWith(`${head}.`))
    .flatMap((it) => {
      const value = Object.entries(it).find(([name]) => /^(?:pattern|fixed)[A-Z]/.test(name))?.[1];
      const name = it.id?.slice(head.length + 1) ?? '';
      return value !== undefined && !name.includes('.') ? [{ [name]: value }] : [];
    });
  const held = [...(pattern && typeof pattern === 'object' ? [pattern as Json] : []), ...inner] as Json[];
  const extension = own?.type?.find(({ code }) => code === 'Extension')?.profile?.[0];
  if (extension) held.push({ url: extension });
  return held.length > 0 ? held : 'unclear';
}

const isObject = (it: unknown): it is Json => typeof it === 'object' && it !== null && !Array.isArray(it);

function holds(value: unknown, asked: unknown): boolean {
  if (Array.isArray(asked)) return Array.isArray(value) && asked.every((one) => value.some((it) => holds(it, one)));
  if (isObject(asked)) return isObject(value) && Object.entries(asked).every(([name, one]) => holds(value[name], one));
  return value === asked;
}

/** Goes to the holders of the last step; true when the change was made somewhere. */
function visit(
  holder: Json,
  steps: readonly string[],
  slice: readonly Json[] | undefined,
  change: (holder: Json, name: string) => boolean,
): boolean {
  const [step = '', ...rest] = steps;
  const names = step.endsWith('[x]')
    ? Object.keys(holder).filter((it) => it.startsWith(step.slice(0, -3)) && /^[A-Z]/.test(it.slice(step.length - 3)))
    : [step];
  if (rest.length === 0) {
    const [name] = names.filter((it) => it in holder);
    return name !== undefined && change(holder, name);
  }
  return names.some((name) => {
    const value = holder[name];
    const all = (Array.isArray(value) ? value : [value]).filter(isObject);
    const members = slice ? all.filter((it) => slice.every((asked) => holds(it, asked))) : all;
    // The slice is on the first level that repeats; below it there is none.
    const inside = slice && members.length > 0 ? undefined : slice;
    return (
      (slice ? members : all).some((it) => visit(it, rest, inside, change)) ||
      (slice !== undefined && members.length === 0 && all.some((it) => visit(it, rest, slice, change)))
    );
  });
}

function remove(holder: Json, name: string): boolean {
  delete holder[name];
  delete holder[`_${name}`];
  // An empty element is another fault than a missing one.
  return Object.keys(holder).length > 0;
}

function repeat(holder: Json, name: string, max: number): boolean {
  const value = holder[name];
  if (max === 0) return false;
  if (!Array.isArray(value) || value.length === 0) return false;
  holder[name] = Array.from({ length: max + 1 }, () => structuredClone(value[0]));
  return true;
}

const first = (holder: Json, name: string): unknown =>
  Array.isArray(holder[name]) ? (holder[name] as unknown[])[0] : holder[name];

/** Another value in just what the profile fixes. */
function spoil(holder: Json, name: string, asked: unknown): boolean {
  const value = first(holder, name);
  if (typeof value === 'boolean') holder[name] = !value;
  else if (typeof value === 'string') holder[name] = 'unknown';
  else if (isObject(value) && Array.isArray(value.coding)) value.coding = [{ system: 'urn:oid:1.2.3', code: 'other' }];
  else if (isObject(value) && isObject(asked)) {
    const [part] = Object.keys(asked).filter((it) => typeof value[it] === 'string');
    if (part === undefined) return false;
    value[part] = part === 'system' ? 'urn:oid:1.2.3' : 'other';
  } else return false;
  return true;
}

function otherCode(holder: Json, name: string): boolean {
  const value = first(holder, name);
  if (typeof value === 'string') holder[name] = Array.isArray(holder[name]) ? ['no-such-code'] : 'no-such-code';
  else if (isObject(value) && Array.isArray(value.coding))
    value.coding = [{ system: 'urn:oid:1.2.3', code: 'no-such-code' }];
  else if (isObject(value) && value.code !== undefined)
    Object.assign(value, { system: 'urn:oid:1.2.3', code: 'no-such-code' });
  else return false;
  return true;
}

function otherType(holder: Json, name: string, { path = '', type = [] }: ElementDefinition): boolean {
  const stem = path.slice(path.lastIndexOf('.') + 1, -3);
  const allowed = type.map(({ code }) => code);
  const other = [
    ['dateTime', 'DateTime', '2026-01-01'],
    ['string', 'String', 'x'],
    ['boolean', 'Boolean', true],
    ['Period', 'Period', { start: '2026' }],
    ['CodeableConcept', 'CodeableConcept', { text: 'x' }],
  ].find(([code]) => !allowed.includes(code as string));
  if (!other) return false;
  delete holder[name];
  delete holder[`_${name}`];
  holder[stem + other[1]] = other[2];
  return true;
}

function otherTarget(holder: Json, name: string): boolean {
  const value = first(holder, name);
  if (!isObject(value) || typeof value.reference !== 'string') return false;
  delete value.type;
  value.reference = 'Bundle/1';
  return true;
}

function beyond(holder: Json, name: string, side: 'minValue' | 'maxValue'): boolean {
  const far = side === 'minValue' ? -1e9 : 1e9;
  const value = holder[name];
  if (typeof value === 'number') holder[name] = far;
  else if (isObject(value) && typeof value.value === 'number') value.value = far;
  else return false;
  return true;
}

export const tableOfMutations = ({ tried, caught, missed, byKind }: Mutations): string => `### Mutations

For each constraint in the differentials of the profiles of the examples, a change of an example that violates it.

| constraint | tried | caught |
|---|---|---|
${[...byKind].map(([kind, [all, found]]) => `| ${kind} | ${all} | ${found} |`).join('\n')}
| together | ${tried} | ${caught} (${((100 * caught) / Math.max(tried, 1)).toFixed(1)} %) |
${missed.length > 0 ? `\nNot caught:\n\n${missed.map((it) => `- ${it}`).join('\n')}\n` : ''}`;
