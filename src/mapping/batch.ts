import { clone } from '../fhir/clone.ts';
import { copyDecimalText } from '../fhir/decimal.ts';
import { alreadyIs } from './convert.ts';
import type { Act, Context } from './program.ts';
import { countElement, type RulePlace } from './run.ts';
import type { Scope } from './scope.ts';
import { isUnknown, type Step, stepTo } from './step.ts';
import type { Rule } from './syntax/tree.ts';
import type { Static } from './types.ts';

type Member = { readonly rule: Rule; readonly act: Act };

type Copy = {
  readonly act: Act;
  /** The one type on both sides: the property can be copied as it stands. */
  readonly type: string | undefined;
  readonly primitive: boolean;
  readonly array: boolean;
};

/**
 * `src -> tgt: a, b, c;`: goes through the properties that the source has, not through all that it could have.
 * Undefined when the rules can't be taken together. What is copied, and with what lineage, is the same as rule by rule.
 */
export function batched(members: readonly Member[], scope: Scope, context: Context): Act[] | undefined {
  const [source, target] = [members[0]!.rule.sources[0]!, members[0]!.rule.targets[0]!];
  const [from, to] = [scope.find(source.context), scope.find(target.context!)];
  if (!from || !to) return undefined;
  const copies = new Map<string, Copy>();
  const others: Act[] = [];
  for (const { rule, act } of members) {
    const [read, write] = [
      stepOf(from.types, rule.sources[0]!.path[0]!, context),
      stepOf(to.types, rule.targets[0]!.path[0]!, context),
    ];
    // Choices go by several properties, unknown types by any.
    if (!read || !write || read.choice || write.choice || copies.has(read.key)) others.push(act);
    else {
      const type = sameType(read, write, context);
      const copy: Copy = {
        act,
        type,
        primitive: type !== undefined && context.types.isPrimitive(type),
        array: read.array === true,
      };
      copies.set(read.key, copy);
      copies.set(`_${read.key}`, copy);
    }
  }
  const { place } = context;
  const batch: Act = (run, frame) => {
    const holder = frame[from.slot]?.value as Record<string, unknown> | null | undefined;
    const into = frame[to.slot]?.value as Record<string, unknown> | undefined;
    if (typeof holder !== 'object' || holder === null || !into) return;
    for (const key in holder) {
      const copy = copies.get(key);
      if (!copy) continue;
      const beside = key.charCodeAt(0) === underscore;
      if (beside && holder[key.slice(1)] !== undefined) continue;
      if (
        run.lineage ||
        beside ||
        copy.type === undefined ||
        into[key] !== undefined ||
        !copyProperty(holder, key, into, copy)
      )
        copy.act(run, frame);
      else countElement(run, place as RulePlace);
    }
  };
  return [batch, ...others];
}

const underscore = 95;

const stepOf = (owner: Static, name: string, { types }: Context): Step | undefined => {
  const step = owner && stepTo(owner, name, types);
  return step && !isUnknown(step) ? step : undefined;
};

/** The type of both elements when they are alike in all that matters for a copy, and no default group stands in between. */
function sameType(read: Step, write: Step, { program, map, types }: Context): string | undefined {
  const [type] = read.types ?? [];
  const alike = read.types?.length === 1 && write.types?.length === 1 && write.types[0] === type;
  if (!alike || type === undefined || read.key !== write.key || read.array !== write.array) return undefined;
  if (type === 'value' || types.logical(type) !== undefined) return undefined;
  return program.defaultGroup(map, type, type) ? undefined : type;
}

/** False when the property is not as its type has it: then the rule itself has its say. */
function copyProperty(
  holder: Record<string, unknown>,
  key: string,
  into: Record<string, unknown>,
  copy: Copy,
): boolean {
  const value = holder[key];
  const extra = copy.primitive ? holder[`_${key}`] : undefined;
  if (Array.isArray(value) !== copy.array || (extra !== undefined && Array.isArray(extra) !== copy.array)) return false;
  const isSound = (item: unknown): boolean => isValue(item, copy);
  if (copy.array ? (value as unknown[]).length === 0 || !(value as unknown[]).every(isSound) : !isSound(value))
    return false;
  into[key] = copy.primitive && !copy.array ? value : clone(value);
  if (typeof value === 'number') copyDecimalText(holder, key, into, key);
  if (extra !== undefined) into[`_${key}`] = clone(extra);
  return true;
}

const isValue = (item: unknown, { type, primitive }: Copy): boolean =>
  primitive ? alreadyIs(item, type!) : typeof item === 'object' && item !== null && !Array.isArray(item);
