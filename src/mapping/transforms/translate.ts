/** translate(source, map, output): codes through ConceptMaps and tables (https://hl7.org/fhir/R4/conceptmap-operation-translate.html). */

import { reportProblem } from '../program/program.ts';
import { type Node, pathOf, rootNode } from '../run/node.ts';
import { type Frame, type Run, report } from '../run/run.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Concept, Table } from '../tables/table.ts';
import type { TransformDefinition } from './transform.ts';

const outputs = {
  code: { type: 'code', valueFrom: ({ code }: Concept): unknown => code },
  system: { type: 'uri', valueFrom: ({ system }: Concept): unknown => system },
  display: { type: 'string', valueFrom: ({ display }: Concept): unknown => display },
  Coding: { type: 'Coding', valueFrom: (it: Concept): unknown => ({ ...it }) },
  CodeableConcept: { type: 'CodeableConcept', valueFrom: (it: Concept): unknown => ({ coding: [{ ...it }] }) },
} as const;

type Output = keyof typeof outputs;
const isOutput = (text: string): text is Output => Object.hasOwn(outputs, text);
const byType: Readonly<Record<string, Output>> = {
  Coding: 'Coding',
  CodeableConcept: 'CodeableConcept',
  string: 'code',
};

/** The codes in a code, Coding or CodeableConcept. */
function concepts({ value }: Node): Concept[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [{ code: String(value) }];
  const { coding, code } = value as { coding?: Concept[]; code?: unknown };
  if (Array.isArray(coding)) return coding.filter((it) => typeof it?.code === 'string');
  return typeof code === 'string' ? [value as Concept] : [];
}

export const translateTransforms: Readonly<Record<string, TransformDefinition>> = {
  translate: {
    arity: [2, 3],
    compile: ({ operands: [from, which, outputArgument], target, context, at }) => {
      const name = String(which!.constant);
      const table = which!.constant === undefined ? undefined : context.program.table(context.map, name);
      if (!table) {
        const suggestion = didYouMean(name, context.program.tableNames(context.map));
        return reportProblem(
          context,
          'map-table-unknown',
          { name: /^[\w.:/#|-]{1,120}$/.test(name) ? name : '', suggestion },
          at,
        );
      }
      if (table.ambiguous !== undefined)
        return reportProblem(
          context,
          'map-table-ambiguous',
          { code: table.ambiguous.slice(0, 64), table: table.name },
          at,
        );
      const written =
        outputArgument === undefined ? (byType[target?.[0] ?? ''] ?? 'code') : String(outputArgument.constant);
      const output = written === 'coding' ? 'Coding' : written === 'codeableConcept' ? 'CodeableConcept' : written;
      if (!isOutput(output)) {
        return reportProblem(
          context,
          'map-arguments-invalid',
          { name: 'translate', expected: Object.keys(outputs).join(', '), found: 'another output' },
          at,
        );
      }
      const { type, valueFrom } = outputs[output];
      return {
        types: [type],
        listed: (table.targets ?? []).map(valueFrom),
        values: (run: Run, frame: Frame): readonly Node[] =>
          from!.values(run, frame).flatMap((node) => {
            const codes = concepts(node);
            const found = firstFound(table, codes);
            if (found) {
              const value = found[0] && valueFrom(found[0]);
              return value === undefined ? [] : [rootNode(value, type)];
            }
            return codes[0] ? unmapped(run, table, codes[0], node, output) : textOnly(node, output);
          }),
        sources: (frame) => from!.sources?.(frame) ?? [],
      };
    },
  },
};

function firstFound(table: Table, codes: readonly Concept[]): readonly Concept[] | undefined {
  for (const code of codes) {
    const found = table.find(code);
    if (found) return found;
  }
  return undefined;
}

/** A CodeableConcept with text only has no code to translate: the text is retained. */
function textOnly({ value }: Node, output: Output): Node[] {
  const text = (value as { text?: unknown } | null)?.text;
  return output === 'CodeableConcept' && typeof text === 'string' ? [rootNode({ text }, 'CodeableConcept')] : [];
}

const rules = { refuse: 'code-unmapped', text: 'code-stored-as-text', queue: 'code-queued' } as const;

/** Never silent: an issue without the code, and an entry with the code for the list of unknown codes. */
function unmapped(run: Run, table: Table, code: Concept, node: Node, output: Output): Node[] {
  report(run, rules[table.unmapped], { table: table.name }, node);
  const { system, display } = code;
  run.unmapped.push({
    table: table.name,
    ...(system ? { system } : {}),
    code: code.code,
    ...(display ? { display } : {}),
    expression: pathOf(node),
    handling: table.unmapped,
  });
  if (table.unmapped === 'refuse' || output !== 'CodeableConcept') return [];
  const text = (node.value as { text?: unknown }).text;
  return [rootNode({ text: typeof text === 'string' ? text : (display ?? code.code) }, 'CodeableConcept')];
}
