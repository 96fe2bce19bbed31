/** `Patient.birthDate.value` in a profile: whether a primitive has a value, or only extensions. */
import type { Node } from '../../definitions/element-tree.ts';
import { primitives } from '../../fhir/primitives.ts';
import { report } from '../run/report.ts';
import type { ElementCheck, ProfileCompilation } from './profile-compilation.ts';

/** Whether a child is the value of a primitive, which JSON writes as the element itself. */
export const isValueOfPrimitive = (child: Node, types: readonly string[]): boolean =>
  child.name === 'value' && types.length > 0 && types.every((type) => Object.hasOwn(primitives, type));

/** The check that the value is there, or is not; undefined where the profile allows both. */
export function presenceOfValue(
  { profile, lines }: ProfileCompilation,
  node: Node,
  types: readonly string[],
): ElementCheck | undefined {
  const { min = 0, max, id = '' } = node.children.find((it) => isValueOfPrimitive(it, types))?.element ?? {};
  if (min === 0 && max !== '0') return undefined;
  lines.push(`${id}: ${min}..${max ?? '1'}`);
  const place = { element: id, profile };
  return ({ value }, run) => {
    const isAbsent = value === undefined || value === null;
    if (isAbsent && min > 0) report(run, 'min', { element: id, min, found: 0 }, place);
    if (!isAbsent && max === '0') report(run, 'max', { element: id, max: 0, found: 1 }, place);
  };
}
