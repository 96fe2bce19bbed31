import { decimalText, keepDecimalText } from '../../../../fhir/decimal.ts';
import { type ElementModel, isA, typeModel, upperFirst } from '../../../../fhir/model.ts';

export type Holder = Record<string, unknown>;

/** An element as JSON has it in two: its value, and what stands in `_name` when it is a primitive. */
export type Item = { readonly value: unknown; readonly extras: unknown; readonly text?: string };

/** Where all items of one element of one holder stand; there may be none yet. */
export type List = {
  readonly holder: Holder;
  readonly within: Place;
  readonly element: ElementModel;
  readonly type: string;
};

/** An element of a resource with where it stands; the resource itself stands in no list. */
export type Place = {
  readonly type: string;
  readonly item: Item;
  readonly list?: List;
  readonly index: number;
  readonly depth: number;
};

export const rootPlace = (resource: Holder): Place => ({
  type: String(resource.resourceType),
  item: { value: resource, extras: undefined },
  index: 0,
  depth: 0,
});

/** FHIRPath's name of an element in the model of a type; the value of a primitive is no element that a patch changes. */
export function elementOf(type: string, name: string): ElementModel | undefined {
  return isPrimitive(type) && name === 'value' ? undefined : typeModel(type)?.elements.get(name);
}

/** The places of the element `name`; undefined when the type has no such element. */
export function childrenOf(place: Place, name: string): Place[] | undefined {
  const element = elementOf(place.type, name);
  if (!element) return undefined;
  const holder = isPrimitive(place.type) ? place.item.extras : place.item.value;
  return isHolder(holder) ? filledLists(holder, place, element).flatMap(placesIn) : [];
}

/** What holds the elements of a place: of a primitive, its `_name`, which is made when there is none. */
export function holderOf({ type, item, list, index }: Place): Holder | undefined {
  const holder = isPrimitive(type) ? item.extras : item.value;
  if (isHolder(holder)) return holder;
  if (!isPrimitive(type) || !list) return undefined;
  const made: Holder = {};
  writeItems(
    list,
    itemsOf(list).map((it, at) => (at === index ? { ...it, extras: made } : it)),
  );
  return made;
}

/** The lists of an element that have items: more than one only of a choice that is wrong. */
export const filledLists = (holder: Holder, within: Place, element: ElementModel): List[] =>
  element.types
    .map((type) => ({ holder, within, element, type }))
    .filter((list) => Object.hasOwn(holder, propertyOf(list)) || Object.hasOwn(holder, `_${propertyOf(list)}`));

const propertyOf = ({ element, type }: List): string =>
  element.choice ? element.name + upperFirst(type) : element.name;

export function itemsOf(list: List): Item[] {
  const property = propertyOf(list);
  const value = own(list.holder, property);
  const extras = isPrimitive(list.type) ? own(list.holder, `_${property}`) : undefined;
  if (!Array.isArray(value) && !Array.isArray(extras))
    return value === undefined && extras === undefined ? [] : [itemAt(list.holder, property, value, extras)];
  const [values, beside] = [Array.isArray(value) ? value : [], Array.isArray(extras) ? extras : []];
  return Array.from({ length: Math.max(values.length, beside.length) }, (_, at) =>
    itemAt(values, at, values[at], beside[at]),
  );
}

function itemAt(holder: object, key: string | number, value: unknown, extras: unknown): Item {
  const text = decimalText(holder, key);
  return { value: value ?? undefined, extras: extras ?? undefined, ...(text === undefined ? {} : { text }) };
}

/** Puts these items in the place of those that the list had. */
export function writeItems(list: List, items: readonly Item[]): void {
  const property = propertyOf(list);
  put(list, property, items, 'value');
  if (isPrimitive(list.type)) put(list, `_${property}`, items, 'extras');
  const { within } = list;
  if (isPrimitive(within.type) && within.list && Object.keys(list.holder).length === 0)
    writeItems(
      within.list,
      itemsOf(within.list).map((it) => (it.extras === list.holder ? { ...it, extras: undefined } : it)),
    );
}

function put({ holder, element }: List, property: string, items: readonly Item[], side: 'value' | 'extras'): void {
  if (items.every((it) => it[side] === undefined)) {
    delete holder[property];
    return;
  }
  const values = items.map((it) => it[side] ?? null);
  holder[property] = element.array ? values : values[0];
  if (side === 'extras') return;
  for (const [at, { text }] of items.entries())
    if (text !== undefined) keepDecimalText(element.array ? values : holder, element.array ? at : property, text);
}

const placesIn = (list: List): Place[] =>
  itemsOf(list).map((item, index) => ({
    type: typeHere(list.type, item.value),
    item,
    list,
    index,
    depth: list.within.depth + 1,
  }));

/** A contained resource tells its own type. */
function typeHere(type: string, value: unknown): string {
  const told = isHolder(value) && isA(type, 'Resource') ? value.resourceType : undefined;
  return typeof told === 'string' ? told : type;
}

export const isPrimitive = (type: string): boolean => typeModel(type)?.kind === 'primitive-type';

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (holder: Holder, key: string): unknown => (Object.hasOwn(holder, key) ? holder[key] : undefined);
