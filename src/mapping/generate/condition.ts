import type { Syntax } from '../../fhirpath/syntax.ts';
import { primitiveKind } from '../../fhirpath/types.ts';
import { type Body, deferToEngine, inFunction, sidecarCode, undecided } from './body.ts';
import { chainOf, isLoose, loopCode, type Path, type PathContext, parsePath, readCode, resourceName } from './path.ts';
import { and, engineOnly, limited, not, or, type Predicate, simplePredicate } from './predicate.ts';
import { literal } from './unit.ts';
/** Generates the parts of a FHIRPath expression that it supports; the others defer to the engine. */
export function predicateOf(syntax: Syntax, world: PathContext): Predicate {
  if (syntax.kind === 'binary') {
    const { operator, left, right } = syntax;
    if (operator === 'and') return and(predicateOf(left, world), predicateOf(right, world));
    if (operator === 'or') return or(predicateOf(left, world), predicateOf(right, world));
    if (operator === '=') return equal(left, right, world) ?? engineOnly;
    if (operator === '!=') return not(equal(left, right, world) ?? engineOnly);
    if (operator === 'in') return among(left, right, world) ?? engineOnly;
    return engineOnly;
  }
  if (syntax.kind === 'type' && syntax.operator === 'is')
    return isResource(parsePath(syntax.operand, world), syntax.type) ?? engineOnly;
  if (syntax.kind === 'call') return call(syntax, world) ?? engineOnly;
  if (syntax.kind === 'variable' || syntax.kind === 'this') return variable(parsePath(syntax, world)) ?? engineOnly;
  return engineOnly;
}

export function call(syntax: Extract<Syntax, { kind: 'call' }>, world: PathContext): Predicate | undefined {
  const { on, name, args } = syntax;
  if (!on) return undefined;
  if (name === 'not' && args.length === 0) return not(predicateOf(on, world));
  if (name === 'empty' && args.length === 0) {
    const found = exists(parsePath(on, world));
    return found && not(found);
  }
  if (name === 'exists') {
    const filtered: Syntax = args.length === 0 ? on : { ...syntax, name: 'where' };
    return exists(parsePath(filtered, world));
  }
  if (name === 'contains' && args[0]?.kind === 'string' && args[0].text !== '') {
    return containsText(parsePath(on, world), args[0].text);
  }
  return undefined;
}

/** Whether a path has any item. Not for a variable of a primitive type: it may consist of extensions only. */
export function exists(path: Path | undefined): Predicate | undefined {
  if (!path || (path.steps.length === 0 && primitiveKind(path.type))) return undefined;
  const found = (body: Body): string =>
    path.chain && !isLoose(path) && !primitiveKind(path.type)
      ? `${present(chainOf(path, body))}`
      : inFunction(body, (inner) => {
          const text = loopCode(
            path,
            inner,
            (item, extras) =>
              `if (${present(item)}) return true; ${extras === undefined ? '' : `if (${extras} !== undefined) ${deferToEngine}`}`,
          );
          return `${text} return false;`;
        });
  const size = path.steps.reduce((sum, it) => sum + (it.kind === 'where' ? it.test.size : 0), 1);
  return limited(simplePredicate(found, (body) => `!${found(body)}`, true, size));
}

/** A string or boolean on a path without a repeating element. */
export const scalar = (path: Path | undefined, kind: 'string' | 'boolean'): path is Path =>
  path?.chain === true && primitiveKind(path.type) === kind;

export function equal(left: Syntax, right: Syntax, world: PathContext): Predicate | undefined {
  const path = parsePath(left, world);
  const expected = constantOf(right);
  if (expected !== undefined && scalar(path, typeof expected === 'string' ? 'string' : 'boolean')) {
    const [kind, value] = [typeof expected, literal(expected)];
    const said = (body: Body, sign: string): string =>
      decidedByValue(
        path,
        body,
        (it) => `typeof ${it} === "${kind}"`,
        (it) => `${it} ${sign} ${value}`,
      );
    return simplePredicate(
      (body) => (isLoose(path) ? said(body, '===') : `(${chainOf(path, body)} === ${value})`),
      (body) => said(body, '!=='),
    );
  }
  const other = parsePath(right, world);
  if (!scalar(path, 'string') || !scalar(other, 'string')) return undefined;
  const compared = (body: Body, sign: string): string =>
    inFunction(body, (inner) => {
      const [a, b] = [readCode(path, inner), readCode(other, inner)];
      return `${a.text} ${b.text}
        if (typeof ${a.value} === "string" && typeof ${b.value} === "string") return ${a.value} ${sign} ${b.value};
        if (${absent(path, a)} || ${absent(other, b)}) return false;
        ${deferToEngine}`;
    });
  return simplePredicate(
    (body) => compared(body, '==='),
    (body) => compared(body, '!=='),
  );
}

export const constantOf = (syntax: Syntax): string | boolean | undefined =>
  syntax.kind === 'string' ? syntax.text : syntax.kind === 'boolean' ? syntax.value : undefined;

/** Whether neither the value nor its `_` property is present. Of a bare variable only the value is available. */
export function absent(path: Path, { value, holder }: { value: string; holder: string }): string {
  const last = path.steps.at(-1);
  if (last?.kind !== 'member') return 'false';
  return `(!${present(value)} && ${sidecarCode(holder, last.name)} === undefined)`;
}

/** `say` of a value in the form of its type; false for an absent value; otherwise defers to the engine. */
export function decidedByValue(
  path: Path,
  body: Body,
  fits: (value: string) => string,
  say: (value: string) => string,
): string {
  return inFunction(body, (inner) => {
    const found = readCode(path, inner);
    return `${found.text} if (${fits(found.value)}) return ${say(found.value)};
      if (${absent(path, found)}) return false; ${deferToEngine}`;
  });
}

export const isTextCode = (value: string): string => `typeof ${value} === "string"`;

/** `status in ('draft' | 'requested')` */
export function among(left: Syntax, right: Syntax, world: PathContext): Predicate | undefined {
  const path = parsePath(left, world);
  const texts = textsOf(right);
  if (!texts || !scalar(path, 'string')) return undefined;
  const isOne = (value: string): string => `(${texts.map((text) => `${value} === ${literal(text)}`).join(' || ')})`;
  return simplePredicate(
    (body) => decidedByValue(path, body, isTextCode, isOne),
    (body) => decidedByValue(path, body, isTextCode, (value) => `!${isOne(value)}`),
  );
}

export function textsOf(syntax: Syntax): string[] | undefined {
  if (syntax.kind === 'string') return [syntax.text];
  if (syntax.kind !== 'binary' || syntax.operator !== '|') return undefined;
  const [left, right] = [textsOf(syntax.left), textsOf(syntax.right)];
  return left && right && [...left, ...right];
}

export function containsText(path: Path | undefined, part: string): Predicate | undefined {
  if (!scalar(path, 'string')) return undefined;
  const included = (value: string): string => `${value}.includes(${literal(part)})`;
  return simplePredicate(
    (body) => decidedByValue(path, body, isTextCode, included),
    (body) => decidedByValue(path, body, isTextCode, (value) => `!${included(value)}`),
  );
}

/** `it is Task`, where the element accepts any resource. */
export function isResource(path: Path | undefined, type: string): Predicate | undefined {
  const name = resourceName({ kind: 'member', name: type, at: { line: 1, column: 1 } });
  if (!path || path.steps.length > 0 || path.type !== 'Resource' || name === undefined) return undefined;
  const typeCode = (body: Body): string => `${chainOf(path, body)}?.["resourceType"]`;
  return simplePredicate(
    (body) => `(${typeCode(body)} === ${literal(name)})`,
    (body) => `(typeof ${typeCode(body)} === "string" ? ${typeCode(body)} !== ${literal(name)} : ${undecided})`,
  );
}

/** A boolean variable. */
export function variable(path: Path | undefined): Predicate | undefined {
  if (!path || path.steps.length > 0 || path.type !== 'boolean') return undefined;
  return simplePredicate(
    (body) => `(${chainOf(path, body)} === true)`,
    (body) => `(${chainOf(path, body)} === false)`,
  );
}

export const present = (value: string): string => `((${value} ?? undefined) !== undefined)`;
