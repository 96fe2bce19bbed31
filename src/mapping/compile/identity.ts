import { actionCode, type Code } from '../generate/group-builder.ts';
import { elementStep } from '../program/element-path.ts';
import { type Action, type CompiledGroup, type Context, reportProblem } from '../program/program.ts';
import type { Scope, Variable } from '../program/scope.ts';
import { writeRecord } from '../run/lineage.ts';
import type { Node } from '../run/node.ts';
import type { Run } from '../run/run.ts';
import { type Writer, writer } from '../run/writer.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Target } from '../syntax/tree.ts';
import { acceptedType } from '../types/accepted-type.ts';
import { mayConvert } from '../types/convert.ts';
import type { Step } from '../types/step.ts';
import { describeTypes, type PossibleTypes } from '../types/types.ts';
import type { CompiledSource } from './source.ts';

/**
 * `src.a -> tgt.b;`: the default group of the two types where a map declares one, otherwise a deep copy
 * (https://build.fhir.org/ig/HL7/mapping-language-ig/fml.html#simple).
 */
export function compileIdentity(
  source: CompiledSource,
  target: Target,
  scope: Scope,
  context: Context,
): { readonly code: Code; readonly act: Action; readonly reads: readonly Variable[] } | undefined {
  const base = scope.find(target.context ?? '');
  if (!base) {
    const suggestion = didYouMean(target.context ?? '', scope.names());
    return reportProblem(context, 'map-variable-unknown', { name: target.context ?? '', suggestion }, target);
  }
  base.used = true;
  if (base.mode === 'source') return reportProblem(context, 'map-source-not-writable', { name: base.name }, target);
  const step = elementStep(base.types, target.path.at(-1)!, target, context);
  if (!step) return undefined;
  const write = writer(base.types, step, context.types, context.place, target.listMode);
  const { variable } = source;
  // The value of a primitive is not of its FHIR type: a default group of that type would apply to itself.
  const isValue = step.name === 'value' && base.types?.every(context.types.isPrimitive) === true;
  const groups = isValue ? new Map<string, DefaultGroup>() : defaultGroups(variable.types, step, context);
  if (groups.size === 0 && !copies(variable.types, step.types, context)) {
    const details = { element: step.name, expected: describeTypes(step.types), found: describeTypes(variable.types) };
    return reportProblem(context, 'map-type-mismatch', details, target);
  }
  const act: Action = (run, frame) => {
    const [node, holder] = [frame[variable.slot], frame[base.slot]];
    if (!node || !holder) return;
    const group = groups.get(node.type ?? '') ?? groups.get('');
    if (group) return callGroup(run, group, write, holder, node, context);
    const written = write.put(run, holder, node);
    if (written) run.lineage?.written.push(writeRecord(written, context.place, [node], true));
  };
  const reads = [variable, base];
  return { code: actionCode(act, reads), act, reads };
}

type DefaultGroup = { readonly group: CompiledGroup; readonly to: string };

function callGroup(
  run: Run,
  { group, to }: DefaultGroup,
  write: Writer,
  holder: Node,
  node: Node,
  context: Context,
): void {
  const created = context.types.isPrimitive(to) ? write.reserve(holder, to) : write.create(run, holder, to);
  group.run(run, [node, created]);
}

/** The default groups by type of the source; under the empty string when the source has a single type. */
function defaultGroups(from: PossibleTypes, step: Step, context: Context): ReadonlyMap<string, DefaultGroup> {
  const { program, map } = context;
  const found = new Map<string, DefaultGroup>();
  for (const type of from ?? []) {
    const only = step.types?.length === 1 ? step.types[0] : undefined;
    const group =
      only === undefined ? anyDefault(type, step.types ?? [], context) : program.defaultGroup(map, type, only);
    if (!group) continue;
    const defaultGroup = { group: program.compiled(group, [[type], [group.to]]), to: group.to };
    found.set(from?.length === 1 ? '' : type, defaultGroup);
  }
  return found;
}

const anyDefault = (type: string, targets: readonly string[], { program, map }: Context) =>
  (targets.includes(type) ? program.defaultGroup(map, type, type) : undefined) ??
  program.defaultGroup(map, type, undefined);

/** Whether any type of the source can be copied to any type of the target. */
const copies = (from: PossibleTypes, to: PossibleTypes, { types }: Context): boolean =>
  !from ||
  !to ||
  from.some((type) =>
    to.some((other) =>
      types.isPrimitive(type)
        ? types.isPrimitive(other) && mayConvert(type, other)
        : acceptedType([other], type, types) !== false,
    ),
  );
