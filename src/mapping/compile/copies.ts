import { batchCode, type Copy } from '../generate/copy.ts';
import type { Code } from '../generate/group-builder.ts';
import type { Context } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Rule } from '../syntax/tree.ts';
import { isUnknown, type Step, stepTo } from '../types/step.ts';
import type { PossibleTypes } from '../types/types.ts';
import type { CompiledRule } from './compiled-rule.ts';

type Member = CompiledRule & { readonly rule: Rule };

/**
 * `src -> tgt: a, b, c;`: iterates over the properties that are present in the source, not over all elements of the rule.
 * Undefined when the rules cannot be combined. Copies and lineage are the same as rule by rule.
 */
export function batchedCopies(members: readonly Member[], scope: Scope, context: Context): Code[] | undefined {
  const [source, target] = [members[0]!.rule.sources[0]!, members[0]!.rule.targets[0]!];
  const [from, to] = [scope.find(source.context), scope.find(target.context!)];
  if (!from || !to || members.some(({ copy }) => !copy)) return undefined;
  // The value, id and extensions of a primitive are no properties of an object.
  if ([from, to].some(({ types }) => types?.some(context.types.isPrimitive))) return undefined;
  const copies = new Map<string, Copy>();
  const others: Code[] = [];
  for (const { rule, code, copy } of members) {
    const [read, write] = [
      stepOf(from.types, rule.sources[0]!.path[0]!, context),
      stepOf(to.types, rule.targets[0]!.path[0]!, context),
    ];
    // A choice has several properties, an unknown type any.
    if (!read || !write || read.choice || write.choice || copies.has(read.key)) others.push(code);
    else {
      const type = sameType(read, write, context);
      const primitive = type !== undefined && context.types.isPrimitive(type);
      copies.set(read.key, { rule: copy!, type, primitive, array: read.array === true });
    }
  }
  return [batchCode(copies, from, to, context), ...others];
}

const stepOf = (owner: PossibleTypes, name: string, { types }: Context): Step | undefined => {
  const step = owner && stepTo(owner, name, types);
  return step && !isUnknown(step) ? step : undefined;
};

/** The type of both elements when a property can be copied unchanged and no default group applies. */
function sameType(read: Step, write: Step, { program, map, types }: Context): string | undefined {
  const [type] = read.types ?? [];
  const alike = read.types?.length === 1 && write.types?.length === 1 && write.types[0] === type;
  if (!alike || type === undefined || read.key !== write.key || read.array !== write.array) return undefined;
  if (type === 'value' || types.logical(type) !== undefined) return undefined;
  return program.defaultGroup(map, type, type) ? undefined : type;
}
