import { childOf, type Node } from '../../definitions/element-tree.ts';
import { type CompileContext, treeOfType } from './element-trees.ts';

/** The base of a child: in the base itself, or in the type of its parent. */
export function baseOfChild(
  context: CompileContext,
  base: Node | undefined,
  types: readonly string[],
  name: string,
): Node | undefined {
  const inside = base && childOf(base, name.replace('[x]', ''));
  if (inside) return inside;
  for (const type of types) {
    const [root = '', ...path] = type.split('.');
    const node = path.reduce<Node | undefined>((it, part) => it && childOf(it, part), treeOfType(context, root));
    const found = node && childOf(node, name.replace('[x]', ''));
    if (found) return found;
  }
  return undefined;
}
