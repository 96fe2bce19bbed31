import { type Compiled, type Many, multiple, type One, oneOf, single, unboxed } from './compiled.ts';
import { FhirPathSyntaxError } from './error.ts';
import type { Syntax } from './syntax.ts';
import { hasSubtypes, isOf, systemTypeOf, type TypeName, type TypeSpecifier } from './types.ts';
import { systemValue, typeOf } from './value.ts';

/** `is`: undefined for an empty input. */
export function is(input: Compiled, requested: TypeSpecifier): Compiled {
  const one = oneOf(input, 'is');
  const { type } = input;
  const always = type === undefined ? undefined : isOf(type, requested);
  return single('System.Boolean', (self, scope) => {
    const item = one(self, scope);
    if (item === undefined) return undefined;
    return always ?? isOf(typeOf(item), requested);
  });
}

/**
 * `as` and ofType(): the items of a type. R4's own expressions use `as` on collections, so it filters
 * (https://hl7.org/fhir/R4/fhirpath.html); strict mode applies N1's rule of at most one item.
 */
export function ofType(input: Compiled, requested: TypeSpecifier, atMostOne = false): Compiled {
  if (requested.fhir === undefined && requested.system !== undefined) return ofSystemType(input, requested, atMostOne);
  const { one, many, unordered, defines } = input;
  const carried = { unordered, defines };
  if (input.type !== undefined) {
    const fits = isOf(input.type, requested);
    const kept: Compiled = { ...input, ...(fits ? {} : { one: () => undefined, many: () => [], constant: undefined }) };
    return atMostOne ? { ...kept, one: oneOf(kept, 'as') } : kept;
  }
  const type = exactType(input.possible, requested);
  const possible = type === undefined ? possibleOf(input.possible, requested) : [type];
  const keep = type === undefined ? (item: unknown) => item : unboxed;
  const fits = (item: unknown): boolean => isOf(typeOf(item), requested);
  const only: One | undefined = one ?? (atMostOne ? oneOf(input, 'as') : undefined);
  if (only) {
    return single(
      type,
      (self, scope) => {
        const item = only(self, scope);
        return item !== undefined && fits(item) ? keep(item) : undefined;
      },
      { ...carried, possible },
    );
  }
  return multiple(
    type,
    (self, scope) => {
      const out: unknown[] = [];
      for (const item of many(self, scope)) if (fits(item)) out.push(keep(item));
      return out;
    },
    { ...carried, possible },
  );
}

/** A FHIR primitive converts to its System value: `given.ofType(System.String)`. */
function ofSystemType(input: Compiled, requested: TypeSpecifier, atMostOne: boolean): Compiled {
  const { type, unordered, defines } = input;
  const convert = (item: unknown): unknown => {
    const own = typeOf(item, type);
    if (isOf(own, requested)) return item;
    return isOf(systemTypeOf(own), requested) ? systemValue(item, type) : undefined;
  };
  const only = input.one ?? (atMostOne ? oneOf(input, 'as') : undefined);
  if (!only) {
    const convertAll: Many = (self, scope) =>
      input
        .many(self, scope)
        .map(convert)
        .filter((it) => it !== undefined);
    return multiple(undefined, convertAll, { unordered, defines });
  }
  const convertOne: One = (self, scope) => {
    const item = only(self, scope);
    return item === undefined ? undefined : convert(item);
  };
  return single(undefined, convertOne, { unordered, defines });
}

/** The type of the result, when the compiler can determine it. */
function exactType(possible: readonly TypeName[] | undefined, requested: TypeSpecifier): TypeName | undefined {
  if (possible) {
    const fitting = possible.filter((type) => isOf(type, requested));
    const [only] = fitting;
    return fitting.length === 1 && only !== undefined && !hasSubtypes(only) ? only : certain(fitting, requested);
  }
  const { fhir, system } = requested;
  if (fhir !== undefined && system === undefined && !hasSubtypes(fhir)) return fhir;
  return undefined;
}

/** In a choice a type excludes its subtypes: a uri of `value[x]` is not a url. */
const certain = (fitting: readonly TypeName[], { fhir }: TypeSpecifier): TypeName | undefined =>
  fitting.length === 1 && fitting[0] === fhir && fhir !== 'Resource' && fhir !== 'DomainResource' ? fhir : undefined;

const possibleOf = (
  possible: readonly TypeName[] | undefined,
  requested: TypeSpecifier,
): readonly TypeName[] | undefined => {
  if (possible) return possible.filter((type) => isOf(type, requested));
  return requested.fhir && !requested.system && !hasSubtypes(requested.fhir) ? [requested.fhir] : undefined;
};

/** The type of an argument: `is(FHIR.Patient)`. */
export function typeArgument(syntax: Syntax | undefined): string {
  if (syntax?.kind === 'member') {
    if (!syntax.on) return syntax.name;
    if (syntax.on.kind === 'member' && !syntax.on.on) return `${syntax.on.name}.${syntax.name}`;
  }
  throw new FhirPathSyntaxError('the argument must be the name of a type', syntax?.at ?? { line: 1, column: 1 });
}
