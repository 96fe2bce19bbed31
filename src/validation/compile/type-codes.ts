import type { Node } from '../../definitions/element-tree.ts';
import { typeModel } from '../../fhir/model.ts';

/** The types that an element may have; a backbone element and a content reference have a path as type. */
export function typesOf(node: Node, owner: string): string[] {
  const { element } = node;
  if (element.contentReference) return [element.contentReference.replace(/^.*#/, '')];
  if (node.children.length > 0) return [`${owner}.${node.name}`];
  return (element.type ?? []).map((type) => {
    const code = type.code ?? '';
    if (!code.startsWith('http://hl7.org/fhirpath/System.')) return code;
    const told = type.extension?.find(({ url }) => url?.endsWith('structuredefinition-fhir-type'))?.valueUrl;
    // The definition of R4 says string for the id of a resource, its text says id.
    if (node.name === 'id' && typeModel(owner)?.kind === 'resource') return 'id';
    return told ?? 'string';
  });
}
