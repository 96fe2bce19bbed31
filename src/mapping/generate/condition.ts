import type { Syntax } from '../../fhirpath/syntax.ts';
import { primitiveKind } from '../../fhirpath/types.ts';
import { type Body, beside, inFunction, leave, undecided } from './body.ts';
import { chainOf, isLoose, type Path, pathOf, read, resourceName, through, type World } from './path.ts';
import { and, not, or, type Predicate, plain, unknown, within } from './predicate.ts';
import { literal } from './unit.ts';
/** Makes what it can of an expression; what it can't is left to the engine. */
export function predicate(syntax: Syntax, world: World): Predicate {
  if (syntax.kind === 'binary') {
    const { operator, left, right } = syntax;
    if (operator === 'and') return and(predicate(left, world), predicate(right, world));
    if (operator === 'or') return or(predicate(left, world), predicate(right, world));
    if (operator === '=') return equal(left, right, world) ?? unknown;
    if (operator === '!=') return not(equal(left, right, world) ?? unknown);
    if (operator === 'in') return among(left, right, world) ?? unknown;
    return unknown;
  }
  if (syntax.kind === 'type' && syntax.operator === 'is')
    return isResource(pathOf(syntax.operand, world), syntax.type) ?? unknown;
  if (syntax.kind === 'call') return call(syntax, world) ?? unknown;
  if (syntax.kind === 'variable' || syntax.kind === 'this') return variable(pathOf(syntax, world)) ?? unknown;
  return unknown;
}

export function call(syntax: Extract<Syntax, { kind: 'call' }>, world: World): Predicate | undefined {
  const { on, name, args } = syntax;
  if (!on) return undefined;
  if (name === 'not' && args.length === 0) return not(predicate(on, world));
  if (name === 'empty' && args.length === 0) {
    const found = exists(pathOf(on, world));
    return found && not(found);
  }
  if (name === 'exists') {
    const filtered: Syntax = args.length === 0 ? on : { ...syntax, name: 'where' };
    return exists(pathOf(filtered, world));
  }
  if (name === 'contains' && args[0]?.kind === 'string' && args[0].text !== '') {
    return contains(pathOf(on, world), args[0].text);
  }
  return undefined;
}

/** Whether a path leads to anything. Not asked of a variable of a primitive type: its value may be in its extensions. */
export function exists(path: Path | undefined): Predicate | undefined {
  if (!path || (path.steps.length === 0 && primitiveKind(path.type))) return undefined;
  const found = (body: Body): string =>
    path.chain && !isLoose(path) && !primitiveKind(path.type)
      ? `${present(chainOf(path, body))}`
      : inFunction(body, (inner) => {
          const text = through(
            path,
            inner,
            (item, extras) =>
              `if (${present(item)}) return true; ${extras === undefined ? '' : `if (${extras} !== undefined) ${leave}`}`,
          );
          return `${text} return false;`;
        });
  const size = path.steps.reduce((sum, it) => sum + (it.kind === 'where' ? it.test.size : 0), 1);
  return within(plain(found, (body) => `!${found(body)}`, true, size));
}

/** A text or boolean that stands by itself, read without a list on the way. */
export const scalar = (path: Path | undefined, kind: 'string' | 'boolean'): path is Path =>
  path?.chain === true && primitiveKind(path.type) === kind;

export function equal(left: Syntax, right: Syntax, world: World): Predicate | undefined {
  const path = pathOf(left, world);
  const told = constantOf(right);
  if (told !== undefined && scalar(path, typeof told === 'string' ? 'string' : 'boolean')) {
    const [kind, value] = [typeof told, literal(told)];
    const said = (body: Body, sign: string): string =>
      decided(
        path,
        body,
        (it) => `typeof ${it} === "${kind}"`,
        (it) => `${it} ${sign} ${value}`,
      );
    return plain(
      (body) => (isLoose(path) ? said(body, '===') : `(${chainOf(path, body)} === ${value})`),
      (body) => said(body, '!=='),
    );
  }
  const other = pathOf(right, world);
  if (!scalar(path, 'string') || !scalar(other, 'string')) return undefined;
  const compared = (body: Body, sign: string): string =>
    inFunction(body, (inner) => {
      const [a, b] = [read(path, inner), read(other, inner)];
      return `${a.text} ${b.text}
        if (typeof ${a.value} === "string" && typeof ${b.value} === "string") return ${a.value} ${sign} ${b.value};
        if (${absent(path, a)} || ${absent(other, b)}) return false;
        ${leave}`;
    });
  return plain(
    (body) => compared(body, '==='),
    (body) => compared(body, '!=='),
  );
}

export const constantOf = (syntax: Syntax): string | boolean | undefined =>
  syntax.kind === 'string' ? syntax.text : syntax.kind === 'boolean' ? syntax.value : undefined;

/** Nothing stands there, nor beside it. Of a variable only its value is at hand. */
export function absent(path: Path, { value, holder }: { value: string; holder: string }): string {
  const last = path.steps.at(-1);
  if (last?.kind !== 'member') return 'false';
  return `(!${present(value)} && ${beside(holder, last.name)} === undefined)`;
}

/** What is said of a value that has the form of its type; false of an absent one. */
export function decided(
  path: Path,
  body: Body,
  fits: (value: string) => string,
  say: (value: string) => string,
): string {
  return inFunction(body, (inner) => {
    const found = read(path, inner);
    return `${found.text} if (${fits(found.value)}) return ${say(found.value)};
      if (${absent(path, found)}) return false; ${leave}`;
  });
}

export const isText = (value: string): string => `typeof ${value} === "string"`;

/** `status in ('draft' | 'requested')` */
export function among(left: Syntax, right: Syntax, world: World): Predicate | undefined {
  const path = pathOf(left, world);
  const texts = textsOf(right);
  if (!texts || !scalar(path, 'string')) return undefined;
  const isOne = (value: string): string => `(${texts.map((text) => `${value} === ${literal(text)}`).join(' || ')})`;
  return plain(
    (body) => decided(path, body, isText, isOne),
    (body) => decided(path, body, isText, (value) => `!${isOne(value)}`),
  );
}

export function textsOf(syntax: Syntax): string[] | undefined {
  if (syntax.kind === 'string') return [syntax.text];
  if (syntax.kind !== 'binary' || syntax.operator !== '|') return undefined;
  const [left, right] = [textsOf(syntax.left), textsOf(syntax.right)];
  return left && right && [...left, ...right];
}

export function contains(path: Path | undefined, part: string): Predicate | undefined {
  if (!scalar(path, 'string')) return undefined;
  const included = (value: string): string => `${value}.includes(${literal(part)})`;
  return plain(
    (body) => decided(path, body, isText, included),
    (body) => decided(path, body, isText, (value) => `!${included(value)}`),
  );
}

/** `it is Task`, of something in a place for any resource. */
export function isResource(path: Path | undefined, type: string): Predicate | undefined {
  const name = resourceName({ kind: 'member', name: type, at: { line: 1, column: 1 } });
  if (!path || path.steps.length > 0 || path.type !== 'Resource' || name === undefined) return undefined;
  const told = (body: Body): string => `${chainOf(path, body)}?.["resourceType"]`;
  return plain(
    (body) => `(${told(body)} === ${literal(name)})`,
    (body) => `(typeof ${told(body)} === "string" ? ${told(body)} !== ${literal(name)} : ${undecided})`,
  );
}

/** A variable that is a boolean. */
export function variable(path: Path | undefined): Predicate | undefined {
  if (!path || path.steps.length > 0 || path.type !== 'boolean') return undefined;
  return plain(
    (body) => `(${chainOf(path, body)} === true)`,
    (body) => `(${chainOf(path, body)} === false)`,
  );
}

export const present = (value: string): string => `((${value} ?? undefined) !== undefined)`;
