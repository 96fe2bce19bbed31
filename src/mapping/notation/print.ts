import type {
  Argument,
  EmbeddedConceptMap,
  Expression,
  Group,
  Invocation,
  MapFile,
  Metadata,
  Rule,
  Source,
  Target,
  Transform,
} from '../syntax/tree.ts';

const width = 120;

/** A map as FML in the canonical layout of `mgn map fmt`; for a StructureMap the readable form. */
export function printMap(map: MapFile): string {
  const declared = new Set(map.metadata.map(({ path }) => path.join('.')));
  const identity: Metadata[] = [
    ...(declared.has('url') || !map.url ? [] : [{ line: 0, column: 0, path: ['url'], value: map.url }]),
    ...(declared.has('name') || !map.name ? [] : [{ line: 0, column: 0, path: ['name'], value: map.name }]),
  ];
  const blocks = [
    [...commentLines(map.comments, '')],
    [...identity, ...map.metadata].map(metadataLine),
    ...map.conceptMaps.map(conceptMapLines),
    map.structures.flatMap(({ url, alias, mode, comments }) => [
      ...commentLines(comments, ''),
      `uses ${quoted(url)}${alias ? ` alias ${name(alias)}` : ''} as ${mode}`,
    ]),
    map.imports.flatMap(({ url, comments }) => [...commentLines(comments, ''), `imports ${quoted(url)}`]),
    map.constants.flatMap(({ name, expression, comments }) => [
      ...commentLines(comments, ''),
      `let ${name} = ${expression.text};`,
    ]),
    ...map.groups.map(groupLines),
    [...commentLines(map.end, '')],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const commentLines = (comments: readonly string[], indent: string): string[] =>
  comments.flatMap((it) => it.split(/\r?\n/)).map((line) => `${indent}// ${line.trim()}`.trimEnd());

function metadataLine({ path, value }: Metadata): string {
  const start = `/// ${path.join('.')} =`;
  if (value === undefined) return start;
  return typeof value === 'string' && value.includes('\n')
    ? `${start} """\n${value}\n"""`
    : `${start} ${literal(value)}`;
}

const marks: Readonly<Record<string, string>> = {
  equal: '==',
  disjoint: '!=',
  relatedto: '~',
  wider: '<=',
  narrower: '>=',
};

function conceptMapLines({ name, mappings, comments }: EmbeddedConceptMap): string[] {
  const systems = [...new Set(mappings.flatMap(({ sourceSystem, targetSystem }) => [sourceSystem, targetSystem]))];
  const prefix = (system: string): string => `s${systems.indexOf(system) + 1}`;
  return [
    ...commentLines(comments, ''),
    `conceptmap ${quoted(name)} {`,
    ...systems.map((system) => `  prefix ${prefix(system)} = ${quoted(system)}`),
    '',
    ...mappings.map(
      (it) =>
        `  ${prefix(it.sourceSystem)}:${code(it.source)} ${marks[it.equivalence] ?? '-'} ${prefix(it.targetSystem)}:${code(it.target)}`,
    ),
    '}',
  ];
}

const code = (text: string): string => (/^[A-Za-z][A-Za-z0-9]*$/.test(text) ? text : quoted(text));

function groupLines(group: Group): string[] {
  const parameters = group.parameters
    .map((it) => `${it.mode} ${it.name}${it.type ? ` : ${typeName(it.type)}` : ''}`)
    .join(', ');
  const parent = group.extends ? ` extends ${group.extends}` : '';
  const mode = group.typeMode ? ` <<${group.typeMode}>>` : '';
  return [
    ...commentLines(group.comments, ''),
    `group ${group.name}(${parameters})${parent}${mode} {`,
    ...ruleLines(group.rules, '  '),
    '}',
  ];
}

function ruleLines(rules: readonly Rule[], indent: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < rules.length; at++) {
    const rule = rules[at]!;
    let end = at + 1;
    while (rule.batch !== undefined && rules[end]?.batch === rule.batch) end++;
    if (rule.gap && at > 0) lines.push('');
    lines.push(...commentLines(rule.comments, indent));
    lines.push(...(end > at + 1 ? batchLines(rules.slice(at, end), indent) : oneRule(rule, indent)));
    at = end - 1;
  }
  return lines;
}

function batchLines(rules: readonly Rule[], indent: string): string[] {
  const [source, target] = [rules[0]!.sources[0]!, rules[0]!.targets[0]!];
  const from = [source.context, ...source.path.slice(0, -1)].map(name).join('.');
  const end = rules[0]!.name?.includes('-')
    ? ` ${quoted(rules[0]!.name.slice(0, rules[0]!.name.lastIndexOf('-')))}`
    : '';
  const lines: string[] = [];
  let line = `${indent}${from} -> ${name(target.context ?? '')}:`;
  for (const [at, rule] of rules.entries()) {
    const word = ` ${name(rule.targets[0]!.path[0] ?? '')}${at < rules.length - 1 ? ',' : `${end};`}`;
    if (line.length + word.length > width) {
      lines.push(line);
      line = `${indent}   `;
    }
    line += word;
  }
  return [...lines, line];
}

/** One line where it fits; otherwise breaks between sources, before conditions, before the arrow and between targets. */
function oneRule(rule: Rule, indent: string): string[] {
  const groups = rule.dependents.map(invocation).join(', ');
  const then =
    groups || rule.rules.length > 0 ? `then${groups ? ` ${groups}` : ''}${rule.rules.length > 0 ? ' {' : ''}` : '';
  const end = `${rule.name ? ` ${quoted(rule.name)}` : ''};`;
  const tail = rule.rules.length > 0 ? '' : end;
  const targets = rule.targets.map(
    (it, at) => `${at === 0 ? '-> ' : ''}${targetText(it)}${at < rule.targets.length - 1 ? ',' : ''}`,
  );
  const sources = rule.sources.flatMap((it, at) => {
    const parts = sourceParts(it, indent);
    return at < rule.sources.length - 1 ? parts.with(-1, `${parts.at(-1)},`) : parts;
  });
  const parts = [...sources, ...targets, ...(then ? [then] : [])];
  parts.push((parts.pop() ?? '') + tail);
  const line = indent + parts.join(' ');
  const head = line.length <= width && !line.includes('\n') ? [line] : filled(parts, sources.length, indent);
  const inner = rule.rules.length > 0 ? [...ruleLines(rule.rules, `${indent}  `), `${indent}}${end}`] : [];
  return [...head, ...inner];
}

/** The parts on as few lines as possible; the first target starts a line. */
function filled(parts: readonly string[], arrow: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [at, part] of parts.entries()) {
    const last = line.slice(line.lastIndexOf('\n') + 1);
    const joined = last.length + 1 + (part.split('\n')[0] ?? '').length;
    if (at > 0 && at !== arrow && joined <= width) line += ` ${part}`;
    else {
      if (at > 0) lines.push(line);
      line = `${indent}${at === 0 ? '' : at < arrow ? '    ' : at === arrow ? '  ' : '    '}${part}`;
    }
  }
  return [...lines, line];
}

/** The head of a source and its conditions: the places where a long line may break. */
function sourceParts(it: Source, indent: string): string[] {
  const head = [
    [it.context, ...it.path].map(name).join('.'),
    it.type ? ` : ${typeName(it.type)}` : '',
    it.min === undefined ? '' : ` ${it.min}..${it.max ?? '*'}`,
    it.default ? ` default (${expression(it.default, indent)})` : '',
    it.listMode ? ` ${it.listMode}` : '',
    it.variable ? ` as ${name(it.variable)}` : '',
  ].join('');
  const clause = (word: string, text: Expression | undefined): string[] =>
    text ? [`${word} (${expression(text, indent)})`] : [];
  return [head, ...clause('where', it.where), ...clause('check', it.check), ...clause('log', it.log)];
}

/** The author's line breaks in long FHIRPath stay, at one indent; quoted texts are unchanged. */
const expression = ({ text }: Expression, indent: string): string =>
  text
    .split(quoteds)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[^\S\n]*\n\s*/g, `\n${indent}      `)))
    .join('');

const quoteds = /('(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`)/;

function targetText({ context, path, transform, variable, listMode, listRule }: Target): string {
  const to = context === undefined ? '' : [context, ...path].map(name).join('.');
  const value = transform ? (to ? ` = ${transformText(transform)}` : transformText(transform)) : '';
  const mode = listMode ? ` ${listMode}${listRule ? ` ${listRule}` : ''}` : '';
  return `${to}${value}${variable ? ` as ${name(variable)}` : ''}${mode}`;
}

function transformText(transform: Transform): string {
  switch (transform.kind) {
    case 'literal':
      return transform.text;
    case 'copy':
      return [transform.variable, ...transform.path].map(name).join('.');
    case 'expression':
      return `(${transform.expression.text})`;
    case 'call':
      return `${transform.name}(${transform.arguments.map(argument).join(', ')})`;
  }
}

const invocation = (it: Invocation): string => `${it.group}(${it.arguments.map(argument).join(', ')})`;

const argument = (it: Argument): string =>
  it.kind === 'literal' ? it.text : it.kind === 'variable' ? name(it.name) : it.expression.text;

const name = (text: string): string => (/^[A-Za-z_]\w*$/.test(text) ? text : `\`${text.replace(/[\\`]/g, '\\$&')}\``);
const typeName = (text: string): string => text.split('.').map(name).join('.');
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? `'${value.replace(/['\\]/g, '\\$&')}'` : String(value);
