import type { Code } from '../generate/group-builder.ts';
import { literal } from '../generate/unit.ts';
import type { Context } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Member } from './compiled-rule.ts';
/** Rules for `var.element : Type`, one resource type each: runs only the rule of the resource's own type. */
export function resourceDispatch(members: readonly Member[], scope: Scope, { types }: Context): Code[] | undefined {
  const source = members[0]!.rule.sources[0]!;
  const base = scope.find(source.context);
  const key = source.path[0]!;
  const resources = members.map(({ rule }) => types.nameOf(rule.sources[0]!.type!));
  const concrete = resources.every((type): type is string => {
    const model = type === undefined ? undefined : types.model(type);
    return model?.kind === 'resource' && !model.abstract;
  });
  if (!base || !concrete) return undefined;
  return [
    (builder) => {
      const type = builder.fresh('t');
      const codes = members.map(({ code }) => code(builder));
      const cases = codes.map(
        (code, at) => `if (${type} === undefined || ${type} === ${literal(resources[at]!)}) { ${code} }`,
      );
      const found = `${builder.value(base)}?.[${literal(key)}]`;
      // A list where a single resource belongs: each rule scans it.
      return `const ${type} = Array.isArray(${found}) ? undefined : ${found}?.resourceType ?? "";\n${cases.join('\n')}`;
    },
  ];
}
