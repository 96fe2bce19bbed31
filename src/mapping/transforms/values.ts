/** Transforms that give a value as it is, or as another type: create, copy, cast, evaluate. */

import { evaluated, expression, reads } from '../conditions.ts';
import { convertPrimitive } from '../convert.ts';
import { type Node, rootNode } from '../node.ts';
import { complain } from '../program.ts';
import { type Frame, type Run, report, tellPlace } from '../run.ts';
import { didYouMean } from '../suggestion.ts';
import type { TransformKind, Values } from './transform.ts';

export const valueTransforms: Readonly<Record<string, TransformKind>> = {
  copy: { takes: [1, 1], compile: ({ operands: [from] }) => ({ ...from!, copies: true }) },
  cast: {
    takes: [1, 2],
    compile: ({ operands: [from, wanted], target, context, at }) => {
      const written = wanted === undefined ? (target?.length === 1 ? target[0] : undefined) : String(wanted.constant);
      const type = written === undefined ? undefined : context.types.nameOf(written.replace(/^FHIR\./, ''));
      if (type === undefined || !context.types.isPrimitive(type)) {
        const suggestion = written === undefined ? '' : didYouMean(written, context.types.names());
        return complain(context, 'map-type-unknown', { type: written ?? 'of this cast', suggestion }, at);
      }
      return {
        types: [type],
        values: (run: Run, frame: Frame): readonly Node[] =>
          from!.values(run, frame).flatMap((node) => {
            const value = convertPrimitive(node.value, type, true);
            if (value === undefined) report(run, 'map-cast-failed', { type, place: tellPlace(context.place) }, node);
            return value === undefined ? [] : [{ ...node, value, type }];
          }),
        sources: (frame) => from!.sources?.(frame) ?? [],
      };
    },
  },
  evaluate: {
    takes: [1, 2],
    compile: ({ operands, arguments: written, scope, context, at }): Values | undefined => {
      const last = written.at(-1);
      const text =
        last?.kind === 'expression'
          ? last.expression
          : { text: last?.kind === 'variable' ? last.name : last?.kind === 'literal' ? last.text : '', ...at };
      const focus = operands.length === 2 ? operands[0] : undefined;
      const compiled = expression(text, scope, focus?.types, context);
      if (!compiled) return undefined;
      return {
        types: undefined,
        values: (run: Run, frame: Frame) => evaluated(compiled, run, focus?.values(run, frame)[0], frame, context),
        sources: (frame) => [
          ...(focus?.sources?.(frame) ?? []),
          ...compiled.readings.flatMap((it) => (it.slot === undefined ? [] : reads(it, frame, undefined))),
        ],
      };
    },
  },
  create: {
    takes: [1, 1],
    compile: ({ operands: [which], context, at }) => {
      const written = String(which!.constant ?? '');
      const type = context.types.nameOf(written);
      if (type === undefined)
        return complain(
          context,
          'map-type-unknown',
          { type: written, suggestion: didYouMean(written, context.types.names()) },
          at,
        );
      // Only reached by `create('X') as v` without an element; with one, the target makes it in its place.
      const resource = context.types.model(type)?.kind === 'resource';
      return { types: [type], values: () => [rootNode(resource ? { resourceType: type } : {}, type)] };
    },
  },
};
