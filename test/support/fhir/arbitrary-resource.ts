import fc from 'fast-check';
import { typeModel, typeNames } from '../../../src/fhir/model.ts';

/** Draws a value; fast-check remembers and shrinks what was drawn. */
type Draw = fc.GeneratorValue;
type Elements = Record<string, unknown>;

const resourceTypes = typeNames().filter((name) => {
  const model = typeModel(name);
  return model?.kind === 'resource' && !model.abstract && name !== 'Bundle' && name !== 'Parameters';
});

/** Stands for a number in generated JSON, so that its digits are chosen freely; see `jsonText`. */
const numberMark = (digits: string): string => `\u0002${digits}\u0002`;

const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((it) => !/[\ufffe\uffff]/.test(it));
const awkwardText = fc.constantFrom('<&>"\'', ' a ', 'line\nend', 'tab\t', 'cr\r\n', ']]>', '{', 'é€😀', '__proto__');
const integer = fc.integer({ min: 0, max: 1_000_000 }).map(String);
export const decimalDigits = fc.oneof(
  integer,
  fc.constantFrom('1.00', '-0', '0.0', '1e3', '1E-7', '12345678901234567890.10', '0.1000000000000000055', '-2.50'),
  fc.tuple(fc.integer(), fc.nat(99_999)).map(([whole, part]) => `${whole}.${part}`),
);

const primitive: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  boolean: fc.boolean(),
  integer: integer.map(numberMark),
  unsignedInt: integer.map(numberMark),
  positiveInt: integer.map((it) => numberMark(`1${it}`)),
  decimal: decimalDigits.map(numberMark),
  xhtml: anyText.map(
    (it) => `<div xmlns="http://www.w3.org/1999/xhtml"><p>${it.replace(/[<&>\r]/g, '-')}</p><br/></div>`,
  ),
};

/** JSON text of a resource of any type of R4 with elements, extensions, contained resources and odd digits. */
export const resourceText = fc
  .gen()
  .map((draw) => jsonText(resource(draw, draw(fc.constantFrom, ...resourceTypes), 3)));

/** JSON text of a Bundle of such resources. */
export const bundleText = fc.gen().map((draw) => {
  const entry = Array.from({ length: draw(fc.integer, { min: 1, max: 4 }) }, (_, index) => ({
    fullUrl: `https://a.example/fhir/Basic/${index}`,
    resource: resource(draw, draw(fc.constantFrom, ...resourceTypes), 2),
  }));
  return jsonText({ resourceType: 'Bundle', type: 'collection', entry });
});

const jsonText = (value: unknown): string => JSON.stringify(value).replace(/"\\u0002([^"\\]*)\\u0002"/g, '$1');

function resource(draw: Draw, type: string, depth: number): Elements {
  return { resourceType: type, ...elements(draw, type, depth) };
}

function elements(draw: Draw, type: string, depth: number): Elements {
  const made: Elements = {};
  const model = typeModel(type)!;
  const names = [...model.elements.keys()].filter(
    (name) => depth > 0 || isPrimitive(model.elements.get(name)!.types[0]!),
  );
  for (const name of draw(fc.subarray, names, { maxLength: Math.min(4, names.length) })) {
    const element = model.elements.get(name)!;
    const chosen = draw(fc.constantFrom, ...element.types);
    const property = element.choice ? `${name}${chosen.charAt(0).toUpperCase()}${chosen.slice(1)}` : name;
    if (element.attribute) made[property] = draw(() => fc.oneof(anyText, awkwardText));
    else if (isPrimitive(chosen)) Object.assign(made, primitives(draw, property, chosen, element.array, depth));
    else if (element.array) made[property] = times(draw, () => complex(draw, chosen, depth - 1));
    else made[property] = complex(draw, chosen, depth - 1);
  }
  // An element is never empty.
  return Object.keys(made).length === 0 ? { id: 'x' } : made;
}

function complex(draw: Draw, type: string, depth: number): Elements {
  return type === 'Resource'
    ? resource(draw, draw(fc.constantFrom, ...resourceTypes), depth)
    : elements(draw, type, depth);
}

/** A primitive is a value, or an id and extensions, or both; in arrays null where one of them is lacking. */
function primitives(draw: Draw, name: string, type: string, array: boolean, depth: number): Elements {
  const one = (): [unknown, unknown] => {
    const kind = type === 'xhtml' || depth <= 0 ? 'value' : draw(fc.constantFrom, 'value', 'value', 'extra', 'both');
    const value = draw(() => primitive[type] ?? fc.oneof(anyText, awkwardText));
    const extra = kind === 'value' ? null : elements(draw, 'Element', depth - 1);
    return [kind === 'extra' ? null : value, extra];
  };
  if (!array) {
    const [value, extra] = one();
    return { ...(value === null ? {} : { [name]: value }), ...(extra === null ? {} : { [`_${name}`]: extra }) };
  }
  const items = times(draw, one);
  const values = items.map(([value]) => value);
  const extras = items.map(([, extra]) => extra);
  return {
    ...(values.every((it) => it === null) ? {} : { [name]: values }),
    ...(extras.every((it) => it === null) ? {} : { [`_${name}`]: extras }),
  };
}

const times = <T>(draw: Draw, make: () => T): T[] => Array.from({ length: draw(fc.integer, { min: 1, max: 3 }) }, make);

const isPrimitive = (type: string): boolean => typeModel(type)?.kind === 'primitive-type';
