/** translate(source, map, output): codes through ConceptMaps and tables (https://hl7.org/fhir/R4/conceptmap-operation-translate.html). */
import { type Node, pathOf, rootNode } from '../node.ts';
import { complain } from '../program.ts';
import { type Frame, type Run, report, tellPlace } from '../run.ts';
import { didYouMean } from '../suggestion.ts';
import type { Concept, Table } from '../table.ts';
import type { TransformKind } from './transform.ts';

const outputs = {
  code: { type: 'code', make: ({ code }: Concept): unknown => code },
  system: { type: 'uri', make: ({ system }: Concept): unknown => system },
  display: { type: 'string', make: ({ display }: Concept): unknown => display },
  Coding: { type: 'Coding', make: (it: Concept): unknown => ({ ...it }) },
  CodeableConcept: { type: 'CodeableConcept', make: (it: Concept): unknown => ({ coding: [{ ...it }] }) },
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

export const translateTransforms: Readonly<Record<string, TransformKind>> = {
  translate: {
    takes: [2, 3],
    compile: ({ operands: [from, which, wanted], target, context, at }) => {
      const name = String(which!.constant);
      const table = which!.constant === undefined ? undefined : context.program.table(context.map, name);
      if (!table) {
        const suggestion = didYouMean(name, context.program.tableNames(context.map));
        return complain(
          context,
          'map-table-unknown',
          { name: /^[\w.:/#|-]{1,120}$/.test(name) ? name : '', suggestion },
          at,
        );
      }
      const told = wanted === undefined ? (byType[target?.[0] ?? ''] ?? 'code') : String(wanted.constant);
      const output = told === 'coding' ? 'Coding' : told === 'codeableConcept' ? 'CodeableConcept' : told;
      if (!isOutput(output)) {
        return complain(
          context,
          'map-arguments-invalid',
          { name: 'translate', expected: Object.keys(outputs).join(', '), found: 'another output' },
          at,
        );
      }
      const { type, make } = outputs[output];
      const place = tellPlace(context.place);
      return {
        types: [type],
        values: (run: Run, frame: Frame): readonly Node[] =>
          from!.values(run, frame).flatMap((node) => {
            const codes = concepts(node);
            const found = firstFound(table, codes);
            if (found) {
              const made = found[0] && make(found[0]);
              return made === undefined ? [] : [rootNode(made, type)];
            }
            return codes[0] ? unmapped(run, table, codes[0], node, output, place) : textOnly(node, output);
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

/** A CodeableConcept that has only a text has no code to translate: its text goes on. */
function textOnly({ value }: Node, output: Output): Node[] {
  const text = (value as { text?: unknown } | null)?.text;
  return output === 'CodeableConcept' && typeof text === 'string' ? [rootNode({ text }, 'CodeableConcept')] : [];
}

const rules = { refuse: 'code-unmapped', text: 'code-stored-as-text', queue: 'code-queued' } as const;

/** Never silent: an issue without the code, and the code itself for the list of unknown codes. */
function unmapped(run: Run, table: Table, code: Concept, node: Node, output: Output, place: string): Node[] {
  report(run, rules[table.unmapped], { place, table: table.name }, node);
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
