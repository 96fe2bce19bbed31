import { batched } from './batch.ts';
import type { Act, Context } from './program.ts';
import { compileRule, isPlainIdentity } from './rule.ts';
import type { Scope } from './scope.ts';
import type { Rule } from './syntax/tree.ts';

/**
 * Compiles rules that stand together. What many of them would look up one by one is looked up once:
 * lists of elements to copy, and rules for one resource type each.
 */
export function compileRules(rules: readonly Rule[], scope: Scope, context: Context): Act[] {
  const acts: Act[] = [];
  for (let at = 0; at < rules.length; ) {
    const run = runLength(rules, at);
    const members = rules.slice(at, at + run).map((rule) => ({ rule, act: compileRule(rule, scope, context) }));
    const first = rules[at]!;
    const together =
      run > 1
        ? isPlainIdentity(first)
          ? batched(members, scope, context)
          : byType(members, scope, context)
        : undefined;
    acts.push(...(together ?? members.map(({ act }) => act)));
    at += run;
  }
  return acts;
}

export type Member = { readonly rule: Rule; readonly act: Act };

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
function byType(members: readonly Member[], scope: Scope, { types }: Context): Act[] | undefined {
  const source = members[0]!.rule.sources[0]!;
  const base = scope.find(source.context);
  const key = source.path[0]!;
  const acts = new Map<string, Act[]>();
  for (const { rule, act } of members) {
    const type = types.nameOf(rule.sources[0]!.type!);
    const model = type === undefined ? undefined : types.model(type);
    if (!base || type === undefined || model?.kind !== 'resource' || model.abstract) return undefined;
    acts.set(type, [...(acts.get(type) ?? []), act]);
  }
  const all = members.map(({ act }) => act);
  return [
    (run, frame) => {
      const found = (frame[base!.slot]?.value as Record<string, unknown> | null | undefined)?.[key];
      const chosen = Array.isArray(found)
        ? all
        : acts.get((found as { resourceType?: string } | undefined)?.resourceType ?? '');
      if (chosen) for (let at = 0; at < chosen.length; at++) chosen[at]!(run, frame);
    },
  ];
}
