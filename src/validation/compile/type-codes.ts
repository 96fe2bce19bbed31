import type { Node } from '../../definitions/element-tree.ts';
import { typeModel } from '../../fhir/model.ts';

/** The types that an element may have. The type of a backbone element and of a content reference is its path. */
export function typeCodesOf(node: Node, owner: string): string[] {
  const { element } = node;
  if (element.contentReference) return [element.contentReference.replace(/^.*#/, '')];
  if (node.children.length > 0) return [`${owner}.${node.name}`];
  return (element.type ?? []).map((type) => {
    const code = type.code ?? '';
    if (!code.startsWith('http://hl7.org/fhirpath/System.')) return code;
    const declared = type.extension?.find(({ url }) => url?.endsWith('structuredefinition-fhir-type'))?.valueUrl;
    // R4 declares string for the id of a resource; its text requires the type id.
    if (node.name === 'id' && typeModel(owner)?.kind === 'resource') return 'id';
    return declared ?? 'string';
  });
}
