import { decimalText, setDecimalText } from '../../../../fhir/decimal.ts';
import { type ElementModel, isA, typeModel, upperFirst } from '../../../../fhir/model.ts';

export type JsonObject = Record<string, unknown>;

/** One item of an element: its value and, for a primitive, the content of `_name`. `text` is a decimal as written. */
export type Item = { readonly value: unknown; readonly extras: unknown; readonly text?: string };

/** All items of one element of one parent object; may be empty. */
export type List = {
  readonly parent: JsonObject;
  readonly within: Place;
  readonly element: ElementModel;
  readonly type: string;
};

/** An element of a resource with its position. The resource itself has no list. */
export type Place = {
  readonly type: string;
  readonly item: Item;
  readonly list?: List;
  readonly index: number;
  readonly depth: number;
};

export const rootPlace = (resource: JsonObject): Place => ({
  type: String(resource.resourceType),
  item: { value: resource, extras: undefined },
  index: 0,
  depth: 0,
});

/** The element with this FHIRPath name. A patch cannot change the `value` of a primitive separately. */
export function elementOf(type: string, name: string): ElementModel | undefined {
  return isPrimitive(type) && name === 'value' ? undefined : typeModel(type)?.elements.get(name);
}

/** The places of the element `name`; undefined when the type has no such element. */
export function childrenOf(place: Place, name: string): Place[] | undefined {
  const element = elementOf(place.type, name);
  if (!element) return undefined;
  const parent = isPrimitive(place.type) ? place.item.extras : place.item.value;
  return isJsonObject(parent) ? filledLists(parent, place, element).flatMap(placesIn) : [];
}

/** The object with the elements of a place; for a primitive its `_name`, created when absent. */
export function objectOf({ type, item, list, index }: Place): JsonObject | undefined {
  const parent = isPrimitive(type) ? item.extras : item.value;
  if (isJsonObject(parent)) return parent;
  if (!isPrimitive(type) || !list) return undefined;
  const created: JsonObject = {};
  writeItems(
    list,
    itemsOf(list).map((it, at) => (at === index ? { ...it, extras: created } : it)),
  );
  return created;
}

/** Lists of an element that have items. An invalid choice element can have more than one. */
export const filledLists = (parent: JsonObject, within: Place, element: ElementModel): List[] =>
  element.types
    .map((type) => ({ parent, within, element, type }))
    .filter((list) => Object.hasOwn(parent, propertyOf(list)) || Object.hasOwn(parent, `_${propertyOf(list)}`));

const propertyOf = ({ element, type }: List): string =>
  element.choice ? element.name + upperFirst(type) : element.name;

export function itemsOf(list: List): Item[] {
  const property = propertyOf(list);
  const value = own(list.parent, property);
  const extras = isPrimitive(list.type) ? own(list.parent, `_${property}`) : undefined;
  if (!Array.isArray(value) && !Array.isArray(extras))
    return value === undefined && extras === undefined ? [] : [itemAt(list.parent, property, value, extras)];
  const [values, extrasList] = [Array.isArray(value) ? value : [], Array.isArray(extras) ? extras : []];
  return Array.from({ length: Math.max(values.length, extrasList.length) }, (_, at) =>
    itemAt(values, at, values[at], extrasList[at]),
  );
}

function itemAt(parent: object, key: string | number, value: unknown, extras: unknown): Item {
  const text = decimalText(parent, key);
  return { value: value ?? undefined, extras: extras ?? undefined, ...(text === undefined ? {} : { text }) };
}

/** Replaces the items of a list. */
export function writeItems(list: List, items: readonly Item[]): void {
  const property = propertyOf(list);
  writeProperty(list, property, items, 'value');
  if (isPrimitive(list.type)) writeProperty(list, `_${property}`, items, 'extras');
  const { within } = list;
  if (isPrimitive(within.type) && within.list && Object.keys(list.parent).length === 0)
    writeItems(
      within.list,
      itemsOf(within.list).map((it) => (it.extras === list.parent ? { ...it, extras: undefined } : it)),
    );
}

function writeProperty(
  { parent, element }: List,
  property: string,
  items: readonly Item[],
  side: 'value' | 'extras',
): void {
  if (items.every((it) => it[side] === undefined)) {
    delete parent[property];
    return;
  }
  const values = items.map((it) => it[side] ?? null);
  parent[property] = element.array ? values : values[0];
  if (side === 'extras') return;
  for (const [at, { text }] of items.entries())
    if (text !== undefined) setDecimalText(element.array ? values : parent, element.array ? at : property, text);
}

const placesIn = (list: List): Place[] =>
  itemsOf(list).map((item, index) => ({
    type: actualType(list.type, item.value),
    item,
    list,
    index,
    depth: list.within.depth + 1,
  }));

/** The type of a contained resource is its resourceType. */
function actualType(type: string, value: unknown): string {
  const resourceType = isJsonObject(value) && isA(type, 'Resource') ? value.resourceType : undefined;
  return typeof resourceType === 'string' ? resourceType : type;
}

export const isPrimitive = (type: string): boolean => typeModel(type)?.kind === 'primitive-type';

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (parent: JsonObject, key: string): unknown => (Object.hasOwn(parent, key) ? parent[key] : undefined);
