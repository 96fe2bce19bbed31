import { typeModel } from '../../fhir/model.ts';
import type { Syntax } from '../../fhirpath/syntax.ts';
import { hasSubtypes, isPolymorphic, primitiveKind } from '../../fhirpath/types.ts';
import type { Variable } from '../program/scope.ts';
import { countSteps } from '../run/run.ts';
import { about, type Body, beside, leave } from './body.ts';
import type { Predicate } from './predicate.ts';
import { literal, member } from './unit.ts';

/** Where a path begins: a variable of the map, or $this. */
export type Start = {
  readonly variable: Variable | undefined;
  readonly type: string | undefined;
  /** The variable is the focus of the expression: one item. */
  readonly self?: boolean;
};

type Step =
  | { readonly kind: 'member'; readonly name: string; readonly array: boolean; readonly type: string }
  | { readonly kind: 'only'; readonly type: string }
  | { readonly kind: 'where'; readonly test: Predicate };

/** A path of elements whose types are known. */
export type Path = {
  readonly start: Start;
  readonly steps: readonly Step[];
  readonly type: string;
  /** No list on the way, and nothing but elements: it can be read as `a?.b?.c`. */
  readonly chain: boolean;
};

export type World = {
  readonly self: Start;
  readonly variable: (name: string) => Start | undefined;
  readonly predicate: (syntax: Syntax, world: World) => Predicate;
};

/** Undefined for what is no such path. */
export function pathOf(syntax: Syntax, world: World): Path | undefined {
  switch (syntax.kind) {
    case 'this':
      return from(world.self);
    case 'variable': {
      const start = world.variable(syntax.name);
      return start && from(start);
    }
    case 'member': {
      const on = syntax.on ? pathOf(syntax.on, world) : /^[A-Z]/.test(syntax.name) ? undefined : from(world.self);
      return on && step(on, syntax.name);
    }
    case 'call': {
      const on = syntax.on ? pathOf(syntax.on, world) : undefined;
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

/** The name of a resource that nothing derives from: what stands there tells that it is one. */
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

/** A chain as an expression: of its value, or of what holds it. */
export function chainOf(path: Path, body: Body, upTo = path.steps.length): string {
  let text = begin(path, body);
  for (const it of path.steps.slice(0, upTo)) if (it.kind === 'member') text = member(text, it.name);
  return text;
}

/** A variable is a list for FHIRPath: what stands where one thing should may be a list of one. */
export const isLoose = ({ start }: Path): boolean => start.variable !== undefined && !start.self;

/** Statements that set `value` to what a chain leads to, and the name of what holds it. */
export function read(
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
    parts.push(`if (Array.isArray(${value})) ${leave}`);
    holder = value;
  }
  return { text: parts.join(' '), value: holder, holder };
}

/**
 * Statements that go through all that a path leads to. `then` gives what is done with each item, and must end the loop itself;
 * for a primitive it is also told what stands beside it.
 */
export function through(path: Path, body: Body, then: (item: string, extras: string | undefined) => string): string {
  const listed = { counted: false };
  const go = (at: number, holder: string, many: boolean, extras: string | undefined): string => {
    const it = path.steps[at];
    if (!it) return then(holder, extras);
    switch (it.kind) {
      case 'only':
        return `if (${member(holder, 'resourceType')} === ${literal(it.type)}) { ${go(at + 1, holder, many, undefined)} }`;
      case 'where': {
        const [test, rest] = [it.test.isTrue(about(body, holder)), go(at + 1, holder, many, extras)];
        return `if (${test}) { ${rest} }`;
      }
      case 'member':
        return it.array ? list(it, at, holder) : element(it, at, holder, many);
    }
  };
  const element = (it: Step & { kind: 'member' }, at: number, holder: string, many: boolean): string => {
    const value = body.own('v');
    const checked = many || isPolymorphic(it.type) ? `if (Array.isArray(${value})) ${leave}` : '';
    const side = primitiveKind(it.type) ? beside(holder, it.name) : undefined;
    return `const ${value} = ${member(holder, it.name)}; ${checked} ${go(at + 1, value, many, side)}`;
  };
  const list = (it: Step & { kind: 'member' }, at: number, holder: string): string => {
    const [all, index, item] = [body.own('l'), body.own('i'), body.own('v')];
    const first = !listed.counted;
    listed.counted = true;
    const count = first
      ? `if (${all}.length > 32) ${body.form.constant(countSteps)}(run, ${all}.length, ${body.place});`
      : '';
    const side = primitiveKind(it.type) ? `if (${beside(holder, it.name)} !== undefined) ${leave}` : '';
    return `const ${all} = ${member(holder, it.name)}; ${side}
      if (${all} !== undefined && ${all} !== null) {
        if (!Array.isArray(${all})) ${leave}
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
