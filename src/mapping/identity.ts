import { mayConvert } from './convert.ts';
import { type Code, called } from './generate/form.ts';
import { writtenAt } from './lineage.ts';
import type { Node } from './node.ts';
import { type Act, type CompiledGroup, type Context, complain } from './program.ts';
import type { Frame, Run } from './run.ts';
import type { Scope, Variable } from './scope.ts';
import { type CompiledSource, element } from './source.ts';
import type { Step } from './step.ts';
import { didYouMean } from './suggestion.ts';
import type { Target } from './syntax/tree.ts';
import { type Static, tellTypes } from './types.ts';
import { typeIn, type Writer, writer } from './write.ts';

/**
 * `src.a -> tgt.b;`: by the default group of the two types where a map declares one, otherwise a deep copy
 * (https://build.fhir.org/ig/HL7/mapping-language-ig/fml.html#simple).
 */
export function compileIdentity(
  source: CompiledSource,
  target: Target,
  scope: Scope,
  context: Context,
): { readonly code: Code; readonly act: Act; readonly reads: readonly Variable[] } | undefined {
  const base = scope.find(target.context ?? '');
  if (!base) {
    const suggestion = didYouMean(target.context ?? '', scope.names());
    return complain(context, 'map-variable-unknown', { name: target.context ?? '', suggestion }, target);
  }
  base.used = true;
  if (base.mode === 'source') return complain(context, 'map-source-not-writable', { name: base.name }, target);
  const step = element(base.types, target.path.at(-1)!, target, context);
  if (!step) return undefined;
  const write = writer(base.types, step, context.types, context.place, target.listMode);
  const { variable } = source;
  const groups = defaultGroups(variable.types, step, context);
  if (groups.size === 0 && !copies(variable.types, step.types, context)) {
    const details = { element: step.name, expected: tellTypes(step.types), found: tellTypes(variable.types) };
    return complain(context, 'map-type-mismatch', details, target);
  }
  const act: Act = (run, frame) => {
    const [node, holder] = [frame[variable.slot], frame[base.slot]];
    if (!node || !holder) return;
    const group = groups.get(node.type ?? '') ?? groups.get('');
    if (group) return through(run, frame, group, write, holder, node, context);
    const written = write.put(run, holder, node);
    if (written) run.lineage?.written.push(writtenAt(written, context.place, [node], true));
  };
  const reads = [variable, base];
  return { code: called(act, reads), act, reads };
}

type Through = { readonly group: CompiledGroup; readonly to: string };

function through(
  run: Run,
  _frame: Frame,
  { group, to }: Through,
  write: Writer,
  holder: Node,
  node: Node,
  context: Context,
): void {
  const made = context.types.isPrimitive(to) ? write.reserve(holder, to) : write.make(run, holder, to);
  group.run(run, [node, made]);
}

/** The default groups for the types that may come, by that type; `` when there is one type only. */
function defaultGroups(from: Static, step: Step, context: Context): ReadonlyMap<string, Through> {
  const { program, map } = context;
  const found = new Map<string, Through>();
  for (const type of from ?? []) {
    const only = step.types?.length === 1 ? step.types[0] : undefined;
    const group =
      only === undefined ? anyDefault(type, step.types ?? [], context) : program.defaultGroup(map, type, only);
    if (!group) continue;
    const through = { group: program.compiled(group, [[type], [group.to]]), to: group.to };
    found.set(from?.length === 1 ? '' : type, through);
  }
  return found;
}

const anyDefault = (type: string, targets: readonly string[], { program, map }: Context) =>
  (targets.includes(type) ? program.defaultGroup(map, type, type) : undefined) ??
  program.defaultGroup(map, type, undefined);

/** Whether any of the types that may come can be copied to any of those that may stand there. */
const copies = (from: Static, to: Static, { types }: Context): boolean =>
  !from ||
  !to ||
  from.some((type) =>
    to.some((other) =>
      types.isPrimitive(type)
        ? types.isPrimitive(other) && mayConvert(type, other)
        : typeIn([other], type, types) !== false,
    ),
  );
