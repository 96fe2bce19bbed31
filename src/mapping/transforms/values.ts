/** Transforms that return a value unchanged or in another type: create, copy, cast, evaluate. */

import { checkedExpression, evaluateOrReport, sourceReads } from '../expression/evaluate.ts';
import { reportProblem } from '../program/program.ts';
import { type Node, rootNode } from '../run/node.ts';
import { describePlace } from '../run/rule-place.ts';
import { type Frame, type Run, report } from '../run/run.ts';
import { writtenNumber } from '../run/sidecars.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import { convertPrimitive, isJsonNumber, isTextType } from '../types/convert.ts';
import { type CompiledTransform, possibleOf, type TransformDefinition } from './transform.ts';

export const valueTransforms: Readonly<Record<string, TransformDefinition>> = {
  copy: { arity: [1, 1], compile: ({ operands: [from] }) => ({ ...from!, copies: true }) },
  cast: {
    arity: [1, 2],
    compile: ({ operands: [from, typeArgument], target, context, at }) => {
      const written =
        typeArgument === undefined ? (target?.length === 1 ? target[0] : undefined) : String(typeArgument.constant);
      const type = written === undefined ? undefined : context.types.nameOf(written.replace(/^FHIR\./, ''));
      if (type === undefined || !context.types.isPrimitive(type)) {
        const suggestion = written === undefined ? '' : didYouMean(written, context.types.names());
        return reportProblem(context, 'map-type-unknown', { type: written ?? 'of this cast', suggestion }, at);
      }
      return {
        types: [type],
        listed: possibleOf(from!),
        values: (run: Run, frame: Frame): readonly Node[] =>
          from!.values(run, frame).flatMap((node) => {
            const digits = writtenNumber(node);
            const value = convertPrimitive(isTextType(type) ? (digits ?? node.value) : node.value, type, true);
            const text = typeof node.value === 'string' && isJsonNumber(node.value) ? node.value : digits;
            if (value === undefined)
              report(run, 'map-cast-failed', { type, place: describePlace(context.place) }, node);
            if (value === undefined) return [];
            return [{ ...node, value, type, ...(typeof value === 'number' && text ? { text } : {}) }];
          }),
        sources: (frame) => from!.sources?.(frame) ?? [],
      };
    },
  },
  evaluate: {
    arity: [1, 2],
    compile: ({ operands, arguments: written, scope, context, at }): CompiledTransform | undefined => {
      const last = written.at(-1);
      const text =
        last?.kind === 'expression'
          ? last.expression
          : { text: last?.kind === 'variable' ? last.name : last?.kind === 'literal' ? last.text : '', ...at };
      const focus = operands.length === 2 ? operands[0] : undefined;
      const compiled = checkedExpression(text, scope, focus?.types, context, !focus);
      if (!compiled) return undefined;
      return {
        types: undefined,
        listed: compiled.possible,
        values: (run: Run, frame: Frame) =>
          evaluateOrReport(compiled, run, focus?.values(run, frame)[0], frame, context),
        sources: (frame) => [
          ...(focus?.sources?.(frame) ?? []),
          ...compiled.readings.flatMap((it) => (it.slot === undefined ? [] : sourceReads(it, frame, undefined))),
        ],
      };
    },
  },
  create: {
    arity: [1, 1],
    compile: ({ operands: [which], context, at }) => {
      const written = String(which!.constant ?? '');
      const type = context.types.nameOf(written);
      if (type === undefined)
        return reportProblem(
          context,
          'map-type-unknown',
          { type: written, suggestion: didYouMean(written, context.types.names()) },
          at,
        );
      // Only for `create('X') as v` without an element; with one, the target creates the element in place.
      const resource = context.types.model(type)?.kind === 'resource';
      return { types: [type], values: () => [rootNode(resource ? { resourceType: type } : {}, type)] };
    },
  },
};
