/** reference, pointer: the value of Reference.reference for a resource. */

import { type Context, reportProblem } from '../program/program.ts';
import { type Node, rootNode } from '../run/node.ts';
import { describePlace } from '../run/rule-place.ts';
import { type Frame, type Run, report } from '../run/run.ts';
import { describeTypes, shortName } from '../types/types.ts';
import type { CompiledTransform, TransformCall, TransformDefinition } from './transform.ts';

/** The fullUrl of the entry that contains a resource. */
function fullUrlOf(node: Node): string | undefined {
  const entry = node.key === 'resource' ? node.parent?.value : undefined;
  const url = (entry as { fullUrl?: unknown } | undefined)?.fullUrl;
  return typeof url === 'string' ? url : undefined;
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

const byId = ({ value }: Node): string | undefined => {
  const { resourceType, id } = value as { resourceType?: string; id?: string };
  return resourceType && id ? `${resourceType}/${id}` : undefined;
};

const referring =
  (text: (node: Node) => string | undefined) =>
  ({ name, operands: [from], context, at }: TransformCall): CompiledTransform | undefined =>
    from!.types?.every((type) => !mayBeResource(type, context))
      ? reportProblem(
          context,
          'map-arguments-invalid',
          { name, expected: 'a resource', found: describeTypes(from!.types) },
          at,
        )
      : {
          types: ['string'],
          values: (run: Run, frame: Frame): readonly Node[] => {
            const node = from!.values(run, frame)[0];
            if (!node || node.value === undefined || node.value === null) return [];
            if (typeof node.value !== 'object') {
              report(
                run,
                'map-value-type-mismatch',
                {
                  found: shortName(node.type ?? typeof node.value),
                  element: `${name}()`,
                  place: describePlace(context.place),
                },
                node,
              );
              return [];
            }
            const reference = text(node);
            if (reference !== undefined) return [rootNode(reference, 'string')];
            report(
              run,
              'map-cardinality',
              { expected: 'an id', element: 'resource', found: 0, place: describePlace(context.place) },
              node,
            );
            return [];
          },
          sources: (frame) => from!.sources?.(frame) ?? [],
        };

/** Whether a value of this type may be a resource: one of R4, or a type of a model. */
function mayBeResource(type: string, { types }: Context): boolean {
  const model = types.model(type);
  return model === undefined || model.kind === 'resource' || types.logical(type) !== undefined;
}

export const referenceTransforms: Readonly<Record<string, TransformDefinition>> = {
  reference: { arity: [1, 1], compile: referring((node) => byId(node) ?? fullUrlOf(node)) },
  pointer: {
    arity: [1, 1],
    compile: referring((node) => {
      const { id } = node.value as { id?: string };
      return fullUrlOf(node) ?? (id && uuid.test(id) ? `urn:uuid:${id}` : byId(node));
    }),
  },
};
