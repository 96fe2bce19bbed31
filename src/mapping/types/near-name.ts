import { nearestName } from '../../fhir/nearest-name.ts';
import type { Types } from './types.ts';

/**
 * For the path of a value that is not in the model of the input, such as `Aanmelding.naaste[0].telefon`: the element that its
 * first unknown name comes near to. Undefined when all names are in the model, or none is near.
 */
export function nearNameAt(root: string | undefined, types: Types): (path: string) => string | undefined {
  return (path) => {
    let type = root;
    for (const step of path.split('.').slice(1)) {
      const name = step.replace(/(?:\[\d+\])+$/, '');
      const properties = type === undefined ? undefined : types.model(type)?.properties;
      if (!properties) return undefined;
      const found = properties.get(name);
      if (!found) return nearestName(name, [...properties.keys()]);
      type = found.type;
    }
    return undefined;
  };
}
