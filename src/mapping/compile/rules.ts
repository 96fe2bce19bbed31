import type { Code } from '../generate/form.ts';
import { literal } from '../generate/unit.ts';
import type { Context } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Rule } from '../syntax/tree.ts';
import { batched } from './batch.ts';
import { type CompiledRule, compileRule, isPlainIdentity } from './rule.ts';

/**
 * Compiles rules that stand together. What many of them would look up one by one is looked up once:
 * lists of elements to copy, and rules for one resource type each.
 */
export function compileRules(rules: readonly Rule[], scope: Scope, context: Context): Code[] {
  const codes: Code[] = [];
  for (let at = 0; at < rules.length; ) {
    const run = runLength(rules, at);
    const members = rules.slice(at, at + run).map((rule) => ({ rule, ...compileRule(rule, scope, context) }));
    const first = rules[at]!;
    const together =
      run > 1
        ? isPlainIdentity(first)
          ? batched(members, scope, context)
          : byType(members, scope, context)
        : undefined;
    codes.push(...(together ?? members.map(({ code }) => code)));
    at += run;
  }
  return codes;
}

export type Member = CompiledRule & { readonly rule: Rule };

/** How many rules from here on are of one kind: copies from one variable to another, or one resource type each. */
function runLength(rules: readonly Rule[], from: number): number {
  const key = kindOf(rules[from]!);
  let end = from + 1;
  while (key !== undefined && end < rules.length && kindOf(rules[end]!) === key) end++;
  return end - from;
}

function kindOf(rule: Rule): string | undefined {
  const [source, target] = [rule.sources[0], rule.targets[0]];
  if (isPlainIdentity(rule)) return `${source?.context} -> ${target?.context}`;
  const typed = rule.sources.length === 1 && source?.type !== undefined && source.path.length === 1;
  return typed && isBare(source) ? `${source.context}.${source.path[0]}` : undefined;
}

const isBare = ({ default: fallback, min, listMode }: Rule['sources'][number]): boolean =>
  fallback === undefined && min === undefined && listMode === undefined;

/** Rules for `var.element : Type`: only those of the type that stands there are tried. */
function byType(members: readonly Member[], scope: Scope, { types }: Context): Code[] | undefined {
  const source = members[0]!.rule.sources[0]!;
  const base = scope.find(source.context);
  const key = source.path[0]!;
  const resources = members.map(({ rule }) => types.nameOf(rule.sources[0]!.type!));
  const known = resources.every((type): type is string => {
    const model = type === undefined ? undefined : types.model(type);
    return model?.kind === 'resource' && !model.abstract;
  });
  if (!base || !known) return undefined;
  return [
    (form) => {
      const type = form.fresh('t');
      const codes = members.map(({ code }) => code(form));
      const cases = codes.map(
        (code, at) => `if (${type} === undefined || ${type} === ${literal(resources[at]!)}) { ${code} }`,
      );
      const found = `${form.value(base)}?.[${literal(key)}]`;
      // A list where one resource should be: each rule looks through it.
      return `const ${type} = Array.isArray(${found}) ? undefined : ${found}?.resourceType ?? "";\n${cases.join('\n')}`;
    },
  ];
}
