import { decimalText } from '../../fhir/decimal.ts';
import { literalOf } from '../syntax/expressions.ts';
import { tokens } from '../syntax/tokens.ts';
import type { Argument, Expression, Invocation, Literal, Rule, Source, Target, Transform } from '../syntax/tree.ts';
import { comments, expressionOf, type Json, nowhere, objectsOf, textOf } from './structure-map-json.ts';
export function ruleOf(it: Json): Rule {
  const [sources, targets] = [objectsOf(it.source).map(sourceOf), objectsOf(it.target).map(targetOf)];
  const [dependents, rules] = [objectsOf(it.dependent).map(invocationOf), objectsOf(it.rule).map(ruleOf)];
  const bare = objectsOf(it.target)[0];
  const identity =
    targets.length === 1 &&
    sources.length === 1 &&
    dependents.length === 0 &&
    rules.length === 0 &&
    sources[0]!.path.length > 0 &&
    targets[0]!.path.length > 0 &&
    targets[0]!.context !== undefined &&
    bare?.transform === 'create' &&
    objectsOf(bare.parameter).length === 0;
  const name = textOf(it.name);
  const common = { ...nowhere, ...(name ? { name } : {}), dependents, rules, comments: comments(it), identity };
  if (!identity) return { ...common, sources, targets };
  const { variable: _source, ...source } = sources[0]!;
  const { variable: _target, transform: _create, ...target } = targets[0]!;
  return { ...common, sources: [source], targets: [target] };
}

export const steps = (element: unknown): string[] => (typeof element === 'string' ? element.split('.') : []);

export const sourceModes = ['first', 'not_first', 'last', 'not_last', 'only_one'] as const;

export function sourceOf(it: Json): Source {
  const max = textOf(it.max);
  const fallback = defaultOf(it);
  const listMode = sourceModes.find((mode) => mode === it.listMode);
  const [type, variable] = [textOf(it.type), textOf(it.variable)];
  const [where, check, log] = [expressionOf(it.condition), expressionOf(it.check), expressionOf(it.logMessage)];
  return {
    ...nowhere,
    context: textOf(it.context) ?? '',
    path: steps(it.element),
    ...(type ? { type } : {}),
    ...(typeof it.min === 'number' ? { min: it.min } : {}),
    ...(max ? { max: max === '*' ? ('*' as const) : Number(max) } : {}),
    ...(fallback ? { default: fallback } : {}),
    ...(listMode ? { listMode } : {}),
    ...(variable ? { variable } : {}),
    ...(where ? { where } : {}),
    ...(check ? { check } : {}),
    ...(log ? { log } : {}),
  };
}

/** `defaultValue` (R5) and `defaultValueString` are FHIRPath; any other `defaultValue[x]` of R4 is a literal. */
export function defaultOf(it: Json): Expression | undefined {
  const key = Object.keys(it).find((name) => name.startsWith('defaultValue'));
  const value = key === undefined ? undefined : it[key];
  if (typeof value === 'string')
    return expressionOf(
      key === 'defaultValue' || key === 'defaultValueString' ? value : `'${value.replace(/['\\]/g, '\\$&')}'`,
    );
  return typeof value === 'number' || typeof value === 'boolean' ? expressionOf(String(value)) : undefined;
}

export const targetModes = {
  first: 'first',
  share: 'share',
  last: 'last',
  single: 'single',
  collate: 'single',
} as const;

export function targetOf(it: Json): Target {
  const mode = Array.isArray(it.listMode) ? textOf(it.listMode[0]) : undefined;
  const [context, variable, listRule] = [textOf(it.context), textOf(it.variable), textOf(it.listRuleId)];
  const transform = transformOf(it);
  // The Java parser writes `-> tgt` as a copy of the variable to nowhere.
  if (transform?.kind === 'copy' && context === undefined && it.element === undefined && variable === undefined)
    return { ...nowhere, context: transform.variable, path: [] };
  return {
    ...nowhere,
    ...(context ? { context } : {}),
    path: steps(it.element),
    ...(transform ? { transform } : {}),
    ...(variable ? { variable } : {}),
    ...(mode && mode in targetModes ? { listMode: targetModes[mode as keyof typeof targetModes] } : {}),
    ...(listRule ? { listRule } : {}),
  };
}

export function transformOf(it: Json): Transform | undefined {
  const name = textOf(it.transform);
  if (name === undefined) return undefined;
  const parameters = objectsOf(it.parameter);
  const [first] = parameters;
  if (name === 'create' && parameters.length === 0) return undefined;
  if (name === 'copy' && first) return copyOf(first);
  if (name === 'evaluate') {
    const last = parameters.at(-1);
    const text = expressionOf(last?.valueString ?? last?.valueId) ?? { text: '', ...nowhere };
    if (parameters.length < 2) return { kind: 'expression', expression: text };
    return { kind: 'call', name, arguments: [argumentOf(first!), { kind: 'expression', expression: text }] };
  }
  return { kind: 'call', name, arguments: parameters.map(argumentOf) };
}

export function copyOf(parameter: Json): Transform {
  const argument = argumentOf(parameter);
  if (argument.kind === 'variable') return { kind: 'copy', variable: argument.name, path: [] };
  return argument.kind === 'literal' ? argument : { kind: 'expression', expression: argument.expression };
}

export function argumentOf(parameter: Json): Argument {
  if (typeof parameter.valueId === 'string') return { kind: 'variable', name: parameter.valueId };
  const [key, value] = Object.entries(parameter).find(([key]) => key.startsWith('value')) ?? ['', ''];
  if (typeof value === 'number') return literalArgument(value, decimalText(parameter, key));
  return literalArgument(typeof value === 'boolean' ? value : String(value ?? ''));
}

export const literalArgument = (value: Literal, digits?: string): Argument & { kind: 'literal' } => ({
  kind: 'literal',
  value,
  text: typeof value === 'string' ? `'${value.replace(/['\\]/g, '\\$&')}'` : (digits ?? String(value)),
});

/** R4: names of variables, or literals in their FML form. R5: parameters. */
export function invocationOf(it: Json): Invocation {
  const written = Array.isArray(it.variable) ? it.variable.map((text) => writtenArgument(String(text))) : [];
  return {
    ...nowhere,
    group: textOf(it.name) ?? '',
    arguments: [...written, ...objectsOf(it.parameter).map(argumentOf)],
  };
}

export function writtenArgument(text: string): Argument {
  const [word, after] = tokens(text);
  const alone = after?.kind === 'end' ? word : undefined;
  const value = alone === undefined ? undefined : literalOf(alone);
  if (value !== undefined)
    return literalArgument(value, typeof value === 'number' ? text.replace(/L$/, '') : undefined);
  return alone?.kind === 'name'
    ? { kind: 'variable', name: text }
    : { kind: 'expression', expression: { text, ...nowhere } };
}
