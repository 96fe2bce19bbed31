import { typeModel } from '../../fhir/model.ts';
import type { Syntax } from '../../fhirpath/syntax.ts';
import { hasSubtypes, isPolymorphic, primitiveKind } from '../../fhirpath/types.ts';
import type { Variable } from '../program/scope.ts';
import { countSteps } from '../run/run.ts';
import { type Body, deferToEngine, sidecarCode, withItem } from './body.ts';
import type { Predicate } from './predicate.ts';
import { literal, member } from './unit.ts';

/** Start of a path: a variable of the map, or `$this`. */
export type Start = {
  readonly variable: Variable | undefined;
  readonly type: string | undefined;
  /** The variable is the focus of the expression: exactly one item. */
  readonly self?: boolean;
};

type Step =
  | { readonly kind: 'member'; readonly name: string; readonly array: boolean; readonly type: string }
  | { readonly kind: 'only'; readonly type: string }
  | { readonly kind: 'where'; readonly test: Predicate };

/** A path of elements with known types. */
export type Path = {
  readonly start: Start;
  readonly steps: readonly Step[];
  readonly type: string;
  /** Elements only, none of which repeats: the path can be read as `a?.b?.c`. */
  readonly chain: boolean;
};

export type PathContext = {
  readonly self: Start;
  readonly variable: (name: string) => Start | undefined;
  readonly predicate: (syntax: Syntax, world: PathContext) => Predicate;
};

/** The path of a FHIRPath expression; undefined when the engine must evaluate it. */
export function parsePath(syntax: Syntax, world: PathContext): Path | undefined {
  switch (syntax.kind) {
    case 'this':
      return from(world.self);
    case 'variable': {
      const start = world.variable(syntax.name);
      return start && from(start);
    }
    case 'member': {
      const on = syntax.on ? parsePath(syntax.on, world) : /^[A-Z]/.test(syntax.name) ? undefined : from(world.self);
      return on && step(on, syntax.name);
    }
    case 'call': {
      const on = syntax.on ? parsePath(syntax.on, world) : undefined;
      const [argument] = syntax.args;
      if (!on || !argument || syntax.args.length > 1) return undefined;
      if (syntax.name === 'ofType') return only(on, argument);
      if (syntax.name !== 'where') return undefined;
      const test = world.predicate(argument, { ...world, self: { variable: undefined, type: on.type } });
      return test.useful ? { ...on, chain: false, steps: [...on.steps, { kind: 'where', test }] } : undefined;
    }
    default:
      return undefined;
  }
}

const from = (start: Start): Path | undefined =>
  start.type === undefined ? undefined : { start, steps: [], type: start.type, chain: true };

function step(on: Path, name: string): Path | undefined {
  const model = isPolymorphic(on.type) || primitiveKind(on.type) ? undefined : typeModel(on.type);
  const element = model?.elements.get(name);
  const [type] = element?.types ?? [];
  if (!element || element.choice || type === undefined || primitiveKind(type) === 'decimal') return undefined;
  const chain = on.chain && !element.array && !isPolymorphic(type);
  return { ...on, chain, type, steps: [...on.steps, { kind: 'member', name, array: element.array, type }] };
}

/** The name of a resource type without subtypes: `resourceType` alone decides whether a value is one. */
export function resourceName(argument: Syntax): string | undefined {
  if (argument.kind !== 'member' || argument.on) return undefined;
  const model = typeModel(argument.name);
  return model?.kind === 'resource' && !hasSubtypes(argument.name) ? argument.name : undefined;
}

function only(on: Path, argument: Syntax): Path | undefined {
  const type = resourceName(argument);
  if (type === undefined || !isPolymorphic(on.type)) return undefined;
  return { ...on, chain: false, type, steps: [...on.steps, { kind: 'only', type }] };
}

const begin = ({ start }: Path, body: Body): string => (start.variable ? body.value(start.variable) : body.item);

/** A chain as an expression, up to step `upTo`: its value, or the object that contains it. */
export function chainOf(path: Path, body: Body, upTo = path.steps.length): string {
  let text = begin(path, body);
  for (const it of path.steps.slice(0, upTo)) if (it.kind === 'member') text = member(text, it.name);
  return text;
}

/** A variable is a collection in FHIRPath: a deviating input may have a list where a single value belongs. */
export const isLoose = ({ start }: Path): boolean => start.variable !== undefined && !start.self;

/** Statements that read the value of a chain, with the names of the value and of the object that contains it. */
export function readCode(
  path: Path,
  body: Body,
): { readonly text: string; readonly value: string; readonly holder: string } {
  const last = path.steps.length - 1;
  if (!isLoose(path) || last < 1) {
    const value = body.own('v');
    return { text: `const ${value} = ${chainOf(path, body)};`, value, holder: chainOf(path, body, Math.max(last, 0)) };
  }
  const parts: string[] = [];
  let holder = begin(path, body);
  for (const [at, it] of path.steps.entries()) {
    if (it.kind !== 'member') continue;
    const value = body.own('v');
    parts.push(`const ${value} = ${member(holder, it.name)};`);
    if (at === last) return { text: parts.join(' '), value, holder };
    parts.push(`if (Array.isArray(${value})) ${deferToEngine}`);
    holder = value;
  }
  return { text: parts.join(' '), value: holder, holder };
}

/**
 * Statements that iterate over all items of a path. `then` returns the statements for one item, which must end the loop
 * themselves; for a primitive it also receives the code of its `_` property.
 */
export function loopCode(path: Path, body: Body, then: (item: string, extras: string | undefined) => string): string {
  const listed = { counted: false };
  const go = (at: number, holder: string, many: boolean, extras: string | undefined): string => {
    const it = path.steps[at];
    if (!it) return then(holder, extras);
    switch (it.kind) {
      case 'only':
        return `if (${member(holder, 'resourceType')} === ${literal(it.type)}) { ${go(at + 1, holder, many, undefined)} }`;
      case 'where': {
        const [test, rest] = [it.test.isTrue(withItem(body, holder)), go(at + 1, holder, many, extras)];
        return `if (${test}) { ${rest} }`;
      }
      case 'member':
        return it.array ? list(it, at, holder) : element(it, at, holder, many);
    }
  };
  const element = (it: Step & { kind: 'member' }, at: number, holder: string, many: boolean): string => {
    const value = body.own('v');
    const checked = many || isPolymorphic(it.type) ? `if (Array.isArray(${value})) ${deferToEngine}` : '';
    const side = primitiveKind(it.type) ? sidecarCode(holder, it.name) : undefined;
    return `const ${value} = ${member(holder, it.name)}; ${checked} ${go(at + 1, value, many, side)}`;
  };
  const list = (it: Step & { kind: 'member' }, at: number, holder: string): string => {
    const [all, index, item] = [body.own('l'), body.own('i'), body.own('v')];
    const first = !listed.counted;
    listed.counted = true;
    const count = first
      ? `if (${all}.length > 32) ${body.builder.constant(countSteps)}(run, ${all}.length, ${body.rulePlace});`
      : '';
    const side = primitiveKind(it.type) ? `if (${sidecarCode(holder, it.name)} !== undefined) ${deferToEngine}` : '';
    return `const ${all} = ${member(holder, it.name)}; ${side}
      if (${all} !== undefined && ${all} !== null) {
        if (!Array.isArray(${all})) ${deferToEngine}
        ${count}
        for (let ${index} = 0; ${index} < ${all}.length; ${index}++) {
          const ${item} = ${all}[${index}];
          if (${item} === null || ${item} === undefined) continue;
          ${go(at + 1, item, true, undefined)}
        }
      }`;
  };
  return go(0, begin(path, body), isLoose(path), undefined);
}
