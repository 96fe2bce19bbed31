import { type ElementModel, type TypeModel, typeModel } from '../fhir/model.ts';
import type { Elements } from '../fhir/resource.ts';
import { spend } from './budget.ts';
import { type Compiled, type Many, multiple, nothing, type One, single } from './compiled.ts';
import type { Context } from './context.ts';
import {
  choiceType,
  keptText,
  primitiveItem,
  propertyReader,
  type Read,
  readDeclared,
  readElement,
  readerOf,
  readProperty,
  readUntyped,
} from './element-access.ts';
import { FhirPathSyntaxError, type Position } from './error.ts';
import { ofType } from './type-operators.ts';
import { isPolymorphic, primitiveKind, type TypeName } from './types.ts';
import { resourceTypeOf, TypedNode, TypeInfo } from './value.ts';
import { Quantity as QuantityValue } from './values/quantity.ts';

/** How an expression is read: see CompileOptions. */
type Reading = Pick<Context, 'strict' | 'lenient' | 'model'>;

/**
 * The step `.name`. With a known type it is resolved when the expression is compiled, otherwise at run time by the type of
 * each item. Throws FhirPathSyntaxError for `valueQuantity` where the element is `value`, and in strict mode for an element
 * that none of the possible types has.
 */
export function step(input: Compiled, name: string, at: Position, reading: Reading): Compiled {
  const { type } = input;
  const { strict, lenient } = reading;
  const carried = { unordered: input.unordered, defines: input.defines };
  if (type !== undefined && typeModel(type) && !isPolymorphic(type))
    return { ...typedStep(input, type, name, at, reading), ...carried };
  if (type?.startsWith('System.') && type !== 'System.Quantity') {
    if (strict) throw unknownElement(name, [type], at);
    return { ...nothing, ...carried };
  }
  if (input.possible?.length === 0) return { ...nothing, ...carried };
  const possible = input.possible && possibleTypes(input.possible, name, reading);
  if (strict && possible?.length === 0) throw unknownElement(name, input.possible ?? [], at);
  const atMostOne = (input.one !== undefined || input.atMostOne === true) && isSingle(input.possible, name, reading);
  const untyped = foreignReader(input.possible, name, reading) ?? readUntyped(name);
  return {
    ...multiple(undefined, dynamicStep(input.many, name, { lenient, untyped }), { atMostOne }),
    possible,
    ...carried,
  };
}

/**
 * The reader of an element of logical models, where all possible owners give it one type: its values have that type, as
 * those of R4 do. A value of another JSON type, which a form may have, is read as it is.
 */
function foreignReader(owners: readonly TypeName[] | undefined, name: string, { model }: Reading): Read | undefined {
  const found = owners?.map((type) => (typeModel(type) ? undefined : model?.(type)?.elements.get(name)));
  const types = new Set(
    (found ?? []).flatMap<TypeName | undefined>((it) => (it && !it.choice ? it.types : [undefined])),
  );
  const [type] = types;
  if (types.size !== 1 || type === undefined || !typeModel(type) || isPolymorphic(type)) return undefined;
  return readDeclared(name, type);
}

const unknownElement = (name: string, types: readonly TypeName[], at: Position): FhirPathSyntaxError =>
  new FhirPathSyntaxError(`there is no element ${name} in ${types.slice(0, 5).join(', ')}`, at, 'semantic');

/** The possible types of the step's result; undefined: any. */
function possibleTypes(types: readonly TypeName[], name: string, { model }: Reading): readonly TypeName[] | undefined {
  const found = new Set<TypeName>();
  for (const type of types) {
    const foreign = typeModel(type) ? undefined : model?.(type);
    if ((!typeModel(type) && !foreign) || foreign?.abstract || isPolymorphic(type)) return undefined;
    const elements = foreign ? elementsNamed(foreign, name) : [elementOf(type, name)];
    for (const element of elements) {
      if (element?.types.length === 0 || element?.types.some(isPolymorphic)) return undefined;
      for (const each of element?.types ?? []) found.add(each);
    }
  }
  return [...found];
}

/** Whether every possible type has at most one value of the element. */
const isSingle = (types: readonly TypeName[] | undefined, name: string, { model }: Reading): boolean =>
  types?.every((type) => {
    const foreign = typeModel(type) ? undefined : model?.(type);
    return (foreign ? elementsNamed(foreign, name) : [elementOf(type, name)]).every((it) => it?.array !== true);
  }) === true;

/** The elements that reading untyped JSON finds by a name: that element, or those of the name followed by a type. */
function elementsNamed({ elements, properties }: TypeModel, name: string): readonly ElementModel[] {
  const exact = elements.get(name);
  if (exact) return [exact];
  const property = properties.get(name);
  if (property) return [{ ...property.element, types: [property.type] }];
  return [...elements.values()].filter(
    (it) => it.name.startsWith(name) && choiceType(it.name.slice(name.length)) !== undefined,
  );
}

function elementOf(type: TypeName, name: string): ElementModel | undefined {
  return typeModel(type)?.elements.get(name);
}

function typedStep(input: Compiled, type: TypeName, name: string, at: Position, reading: Reading): Compiled {
  const element = elementOf(type, name);
  if (!element) {
    const property = typeModel(type)?.properties.get(name);
    if (property && reading.lenient)
      return ofType(openStep(input, property.element), { fhir: property.type, system: undefined });
    if (property)
      throw new FhirPathSyntaxError(
        `${name} is how JSON writes it; the element is ${property.element.name}, here ${property.element.name}.ofType(${property.type})`,
        at,
        'semantic',
      );
    if (reading.strict) throw unknownElement(name, [type], at);
    return nothing;
  }
  if (primitiveKind(type)) return primitiveChild(input, element);
  const [to] = element.types as [TypeName];
  const open = element.choice || isPolymorphic(to);
  if (open) return openStep(input, element);
  if (!input.one) return multiple(to, gather(input.many, readProperty(name, to)));
  if (element.array) return multiple(to, oneToMany(input.one, name, to));
  return single(to, primitiveKind(to) ? onePrimitive(input.one, name, to) : oneComplex(input.one, name));
}

/** A choice, or a resource: its items carry their own type. */
function openStep(input: Compiled, element: ElementModel): Compiled {
  const possible = element.choice ? { possible: element.types } : { possible: undefined };
  const read = readElement(element);
  const { one, many } = input;
  if (one && !element.array) {
    return single(
      undefined,
      (self, scope) => {
        const object = one(self, scope);
        if (typeof object !== 'object' || object === null) return undefined;
        const out: unknown[] = [];
        read(object as Elements, out);
        return out[0];
      },
      possible,
    );
  }
  return multiple(undefined, gather(many, read), possible);
}

const gather =
  (many: Many, read: Read): Many =>
  (self, scope) => {
    const out: unknown[] = [];
    for (const item of many(self, scope)) if (typeof item === 'object' && item !== null) read(item as Elements, out);
    spend(scope, out.length);
    return out;
  };

const oneComplex =
  (one: One, name: string): One =>
  (self, scope) => {
    const object = one(self, scope) as Elements | undefined;
    return object === undefined ? undefined : (object[name] ?? undefined);
  };

function onePrimitive(one: One, name: string, type: TypeName): One {
  const beside = `_${name}`;
  if (type === 'decimal') {
    return (self, scope) => {
      const object = one(self, scope) as Elements | undefined;
      if (typeof object !== 'object') return undefined;
      return primitiveItem(type, object[name], object[beside], keptText(object, name));
    };
  }
  return (self, scope) => {
    const object = one(self, scope) as Elements | undefined;
    if (object === undefined) return undefined;
    const extras = object[beside];
    return extras === undefined ? (object[name] ?? undefined) : primitiveItem(type, object[name], extras);
  };
}

/** The array of the JSON itself, where no copy is needed. */
function oneToMany(one: One, name: string, type: TypeName): Many {
  const read = readProperty(name, type);
  const beside = primitiveKind(type) ? `_${name}` : undefined;
  const copies = type === 'decimal';
  return (self, scope) => {
    const object = one(self, scope) as Elements | undefined;
    if (typeof object !== 'object' || object === null) return [];
    const value = object[name];
    if (
      !copies &&
      Array.isArray(value) &&
      (beside === undefined || object[beside] === undefined) &&
      !value.includes(null)
    ) {
      spend(scope, value.length);
      return value;
    }
    if (value === undefined && (beside === undefined || object[beside] === undefined)) return none;
    const out: unknown[] = [];
    read(object, out);
    return out;
  };
}
const none: readonly unknown[] = Object.freeze([]);

/** The id and extensions of a primitive are in its `_name`; its value is a System value. */
function primitiveChild(input: Compiled, element: ElementModel): Compiled {
  const type = element.name === 'value' ? undefined : (element.types[0] as TypeName);
  const read = element.name === 'value' ? undefined : readProperty(element.name, type as TypeName);
  return multiple(type, (self, scope) => {
    const out: unknown[] = [];
    for (const item of input.many(self, scope)) {
      if (!read) {
        const value = item instanceof TypedNode ? item.value : item;
        if (value !== undefined) out.push(value);
      } else if (item instanceof TypedNode && item.extras) read(item.extras, out);
    }
    return out;
  });
}

function dynamicStep(many: Many, name: string, readers: Readers): Many {
  return (self, scope) => {
    const items = many(self, scope);
    if (items.length === 0) return items;
    const out: unknown[] = [];
    for (const item of items) stepInto(item, name, readers, out);
    spend(scope, out.length);
    return out;
  };
}

type Readers = { readonly untyped: Read; readonly lenient: boolean };

function stepInto(item: unknown, name: string, { untyped, lenient }: Readers, out: unknown[]): void {
  if (typeof item !== 'object' || item === null) return;
  if (item instanceof TypedNode) {
    if (primitiveKind(item.type)) {
      if (item.extras && (name === 'extension' || name === 'id')) readerOf('Extension', name)?.(item.extras, out);
      else if (name === 'value' && item.value !== undefined) out.push(item.value);
    } else if (typeof item.value === 'object' && item.value !== null)
      elementReader(item.type, name, lenient)?.(item.value as Elements, out);
    return;
  }
  const type = resourceTypeOf(item);
  if (type !== undefined) elementReader(type, name, lenient)?.(item as Elements, out);
  else if (item instanceof QuantityValue) {
    if (name === 'value' || name === 'unit') out.push(item[name]);
  } else if (item instanceof TypeInfo) {
    if (name === 'namespace' || name === 'name') out.push(item[name]);
  } else untyped(item as Elements, out);
}

/** The reader of an element, or leniently of a JSON property such as `valueQuantity`. */
function elementReader(type: TypeName, name: string, lenient: boolean): Read | undefined {
  const read = readerOf(type, name);
  const model = read || !lenient ? undefined : typeModel(type);
  return model ? propertyReader(model, name) : read;
}
