import type { Code } from '../generate/form.ts';
import { literal } from '../generate/unit.ts';
import type { Context } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import type { Member } from './compiled-rule.ts';
/** Rules for `var.element : Type`: only those of the type that stands there are tried. */
export function byType(members: readonly Member[], scope: Scope, { types }: Context): Code[] | undefined {
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
