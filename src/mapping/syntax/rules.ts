import { argumentList, condition, literalOf, parenthesised } from './expressions.ts';
import type { Reader } from './reader.ts';
import type { Invocation, Rule, Source, SourceListMode, Target, TargetListMode, Transform } from './tree.ts';

const sourceModes = new Set<string>(['first', 'not_first', 'last', 'not_last', 'only_one'] satisfies SourceListMode[]);
const targetModes = new Set<string>(['first', 'share', 'last', 'single'] satisfies TargetListMode[]);
/** Expected at the end of a rule; the usual mistake is a clause out of order, hence the list. */
const endOfRule = '; (a source has, in this order: type, min..max, default, list mode, as, where, check, log)';
const clauses = ['as', 'where', 'check', 'log', 'default', 'then', 'first', 'last'];

/** `{ rule* }` */
export function ruleBlock(read: Reader): Rule[] {
  read.expect('{');
  const rules: Rule[] = [];
  while (!read.is('}') && read.peek().kind !== 'end') {
    const before = read.peek();
    const found = read.recovering(() => read.nested(() => rule(read)));
    if (found) rules.push(...found);
    else if (read.peek() === before) break;
    else if (read.peek().kind === 'name' && read.peek().column === 1 && read.peek().text === 'group') return rules;
  }
  read.expect('}');
  return rules;
}

/** One rule; `src -> tgt: a, b;` expands to one rule per element. */
function rule(read: Reader): Rule[] {
  const place = read.place();
  const { comments, gap } = read.peek();
  // R3 started rules with `for`; in `for.x` and `for as` it is a variable.
  if (read.is('for') && read.peek(1).kind === 'name' && !read.is('as', 1)) read.next();
  const sources = [source(read)];
  while (read.take(',')) sources.push(source(read));
  const targets: Target[] = [];
  if (read.take('->')) {
    if (isBatch(read)) return batch(read, sources[0]!, { comments, gap });
    do targets.push(target(read));
    while (read.take(','));
  }
  const { dependents, rules } = read.take('then') ? dependent(read) : { dependents: [], rules: [] };
  const name = read.peek().kind === 'quoted' ? read.next().value : undefined;
  if (!read.is(';')) read.fail(endOfRule, clauses);
  read.next();
  const identity = isIdentity(sources, targets) && dependents.length === 0 && rules.length === 0;
  const ruleComments = [...comments, ...read.after()];
  return [
    { ...place, ...(name ? { name } : {}), sources, targets, identity, dependents, rules, gap, comments: ruleComments },
  ];
}

function isIdentity(sources: readonly Source[], targets: readonly Target[]): boolean {
  const [from, to] = [sources[0], targets[0]];
  if (sources.length !== 1 || targets.length !== 1 || !from || !to) return false;
  return !to.transform && !to.variable && from.path.length > 0 && to.path.length > 0 && to.context !== undefined;
}

const isBatch = (read: Reader): boolean => read.peek().kind === 'name' && read.is(':', 1);

function batch(read: Reader, from: Source, before: { comments: readonly string[]; gap: boolean }): Rule[] {
  const context = read.name('a target');
  read.expect(':');
  const elements: { place: { line: number; column: number }; element: string }[] = [];
  do elements.push({ place: read.place(), element: read.name('an element') });
  while (read.take(','));
  const name = read.peek().kind === 'quoted' ? read.next().value : undefined;
  if (!read.is(';')) read.fail(endOfRule, clauses);
  read.next();
  const batchComments = [...before.comments, ...read.after()];
  return elements.map(({ place, element }, at) => ({
    ...place,
    ...(name ? { name: `${name}-${element}` } : {}),
    sources: [{ ...from, ...place, path: [...from.path, element] }],
    targets: [{ ...place, context, path: [element] }],
    identity: true,
    dependents: [],
    rules: [],
    batch: `${elements[0]!.place.line}:${elements[0]!.place.column}`,
    gap: at === 0 && before.gap,
    comments: at === 0 ? batchComments : [],
  }));
}

function path(read: Reader): { context: string; path: string[] } {
  const [context, path]: [string, string[]] = [read.name('a variable'), []];
  while (read.take('.')) path.push(element(read));
  return { context, path };
}

/** An element name; `value[x]` is equivalent to `value`. */
function element(read: Reader): string {
  const name = read.name('an element');
  if (read.is('[') && read.is('x', 1) && read.is(']', 2)) for (let at = 0; at < 3; at++) read.next();
  return name;
}

function source(read: Reader): Source {
  const place = read.place();
  const from = path(read);
  const type = read.take(':') ? { type: read.typeName() } : {};
  const bounds = read.peek().kind === 'number' && read.is('..', 1) ? cardinality(read) : {};
  const fallback = read.take('default') ? { default: read.is('(') ? parenthesised(read) : quotedDefault(read) } : {};
  const listMode =
    read.peek().kind === 'name' && sourceModes.has(read.peek().text)
      ? { listMode: read.next().text as SourceListMode }
      : {};
  const variable = read.take('as') ? { variable: read.name('a variable') } : {};
  const where = read.take('where') ? { where: condition(read) } : {};
  const check = read.take('check') ? { check: condition(read) } : {};
  const log = read.take('log') ? { log: condition(read) } : {};
  return { ...place, ...from, ...type, ...bounds, ...fallback, ...listMode, ...variable, ...where, ...check, ...log };
}

function quotedDefault(read: Reader): { text: string; line: number; column: number } {
  const place = read.place();
  const value = read.quotedText('a default in parentheses');
  return { text: `'${value.replace(/['\\]/g, '\\$&')}'`, ...place };
}

function cardinality(read: Reader): { min: number; max: number | '*' } {
  const min = Number.parseInt(read.next().text, 10);
  read.expect('..');
  if (read.take('*')) return { min, max: '*' };
  return read.peek().kind === 'number'
    ? { min, max: Number.parseInt(read.next().text, 10) }
    : read.fail('a number or *');
}

function target(read: Reader): Target {
  const place = read.place();
  if (read.is('(')) {
    const transform: Transform = { kind: 'expression', expression: parenthesised(read) };
    return { ...place, path: [], transform, ...naming(read) };
  }
  if (read.is('(', 1)) {
    const name = read.name('a transform');
    return { ...place, path: [], transform: { kind: 'call', name, arguments: argumentList(read) }, ...naming(read) };
  }
  const to = path(read);
  const transform = read.take('=') ? { transform: transformOf(read) } : {};
  return { ...place, ...to, ...transform, ...naming(read) };
}

function naming(read: Reader): Pick<Target, 'variable' | 'listMode' | 'listRule'> {
  const variable = read.take('as') ? { variable: read.name('a variable') } : {};
  const mode = read.peek();
  if (mode.kind !== 'name' || !(targetModes.has(mode.text) || mode.text === 'collate')) return variable;
  if (mode.text === 'collate') read.fail('first, share, last or single');
  read.next();
  if (mode.text === 'share')
    return { ...variable, listMode: 'share', listRule: read.name('the name of the shared element') };
  return { ...variable, listMode: mode.text as TargetListMode };
}

function transformOf(read: Reader): Transform {
  if (read.is('(')) return { kind: 'expression', expression: parenthesised(read) };
  const sign = read.is('-') ? 1 : 0;
  const word = read.peek(sign);
  const value = literalOf(word);
  if (value !== undefined && !(word.kind === 'name' && read.is('(', 1))) {
    if (sign) read.next();
    read.next();
    return {
      kind: 'literal',
      value: sign && typeof value === 'number' ? -value : value,
      text: sign ? `-${word.text}` : word.text,
    };
  }
  if (read.is('(', 1)) {
    const name = read.name('a transform');
    return { kind: 'call', name, arguments: argumentList(read) };
  }
  const { context, path: elements } = path(read);
  return { kind: 'copy', variable: context, path: elements };
}

function dependent(read: Reader): { dependents: Invocation[]; rules: Rule[] } {
  const dependents: Invocation[] = [];
  if (!read.is('{')) {
    do {
      const place = read.place();
      const group = read.name('a group');
      if (!read.is('(')) read.fail('( after the name of the group');
      dependents.push({ ...place, group, arguments: argumentList(read) });
    } while (read.take(','));
  }
  return { dependents, rules: read.is('{') ? ruleBlock(read) : [] };
}
