import { type CheckedFile, pathText, readChecked } from '../../definitions/checked-yaml.ts';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isA, typeModel, typeNames } from '../../fhir/model.ts';
import { nearestName } from '../../fhir/nearest-name.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { filterOf } from './apply.ts';
import { compileType, conditionOf, type Everywhere, unknownCondition } from './compile-type.ts';
import {
  type LineText,
  type MessageName,
  type MessageText,
  messageNames,
  namesOf,
  type Phase,
  type ProjectionFile,
  phases,
  projectionSchema,
  type RecipientKind,
  recipientKinds,
  type SameAs,
  type TypeText,
} from './file.ts';
import { whole } from './filter.ts';
import { messageOf } from './message.ts';
import {
  type Line,
  type MessageProjection,
  noLine,
  type Projections,
  type RecipientProjections,
  type TypeProjection,
} from './projection.ts';

export type ProjectionText = { readonly path: string; readonly text: string };
type Path = readonly (string | number)[];
export type CheckedProjection = Pick<CheckedFile<ProjectionFile>, 'value' | 'file' | 'placeOf'>;

/**
 * Compiles the files of mappings/projections, one per kind of recipient and phase. Reports all mistakes with line and
 * column: what a schema finds, an unknown element or form, an element that no line allows or withholds, a line that
 * decides on nothing, a missing file.
 */
export function compileProjections(
  texts: readonly ProjectionText[],
  systems?: ReadonlySet<string>,
): Result<Projections> {
  const read = texts.map(readOnce);
  const issues = read.flatMap((it) => it.issues);
  if (issues.length > 0) return failure(...issues);
  return compileChecked(
    read.flatMap((it) => (it.ok ? [it.value] : [])),
    systems,
  );
}

const readBefore = new Map<string, Result<CheckedProjection>>();

/** Reading YAML is most of a compilation, and sets mostly share these files. */
function readOnce({ path, text }: ProjectionText): Result<CheckedProjection> {
  const key = `${path}\n${text}`;
  const known = readBefore.get(key) ?? readChecked<ProjectionFile>(text, path, projectionSchema);
  if (readBefore.size > 60) readBefore.clear();
  readBefore.set(key, known);
  return known;
}

/** The same from files that fit the schema. */
export function compileChecked(
  files: readonly CheckedProjection[],
  systems?: ReadonlySet<string>,
): Result<Projections> {
  const c: Compilation = { issues: [], files: new Map(), messages: new Map(), everywhere: new Map(), systems };
  for (const it of files) {
    const key = `${it.value.recipient} ${it.value.phase}`;
    if (c.files.has(key))
      c.issues.push(
        issue('config-duplicate', { file: it.file, path: 'recipient', name: key }, it.placeOf(['recipient'])),
      );
    c.files.set(key, it);
  }
  const recipients = recipientKinds.map((kind) => [kind, recipientOf(c, kind)] as const);
  return c.issues.length > 0 ? failure(...c.issues) : success(Object.fromEntries(recipients) as unknown as Projections);
}

/** One compilation in progress. */
type Compilation = {
  readonly issues: Issue[];
  readonly files: Map<string, CheckedProjection>;
  /** By recipient, phase and name; undefined while being compiled, so that a circle is found. */
  readonly messages: Map<string, MessageProjection | undefined>;
  readonly everywhere: Map<CheckedProjection, Everywhere>;
  readonly systems: ReadonlySet<string> | undefined;
};

function recipientOf(c: Compilation, kind: RecipientKind): RecipientProjections {
  const messages = new Map<string, MessageProjection>();
  const summaries: Record<Phase, Bilingual> = { candidate: noLine, selected: noLine, 'after-closing': noLine };
  for (const phase of phases) {
    const file = c.files.get(`${kind} ${phase}`);
    if (!file) {
      c.issues.push(
        issue('config-unreadable', { file: `mappings/projections/${kind}-${phase}.yaml`, problem: 'ENOENT' }),
      );
      continue;
    }
    summaries[phase] = file.value.summary;
    for (const name of Object.keys(file.value.messages) as MessageName[]) {
      const message = compiledMessage(c, kind, phase, name);
      if (message) messages.set(`${phase} ${name}`, message);
    }
  }
  const none = new Map(messageNames.map((name) => [name, messageOf(name, noLine, new Map())]));
  return {
    kind,
    summaries,
    message: (phase, name) => messages.get(`${phase} ${name}`) ?? none.get(name)!,
  };
}

function compiledMessage(
  c: Compilation,
  kind: RecipientKind,
  phase: Phase,
  name: MessageName,
): MessageProjection | undefined {
  const key = `${kind} ${phase} ${name}`;
  if (c.messages.has(key)) return c.messages.get(key);
  c.messages.set(key, undefined);
  const file = c.files.get(`${kind} ${phase}`);
  const text = file?.value.messages[name];
  if (!file || !text) return undefined;
  const message = compileMessage(c, file, name, text);
  c.messages.set(key, message);
  return message;
}

function compileMessage(
  c: Compilation,
  file: CheckedProjection,
  name: MessageName,
  text: MessageText,
): MessageProjection | undefined {
  const at: Path = ['messages', name];
  const same = text['same-as'];
  if (same) {
    const found = sameAs(c, file, same, name, [...at, 'same-as']);
    return found && messageOf(name, text.why, found.types, found.within);
  }
  const types = new Map<string, TypeProjection>();
  const add = (type: string, place: Path, projection: TypeProjection | undefined) => {
    if (!isResource(c, file, type, place) || !projection) return;
    if (types.has(type))
      c.issues.push(
        issue('config-duplicate', { file: file.file, path: `messages.${name}`, name: type }, file.placeOf(place)),
      );
    types.set(type, projection);
  };
  for (const [index, { types: names, only, why }] of (text.whole ?? []).entries()) {
    const place: Path = [...at, 'whole', index];
    const condition = onlyOf(c, file, only, place);
    const text: LineText = { allow: names, as: 'whole', why, ...(only === undefined ? {} : { when: only }) };
    const line = placed(file, text, place);
    for (const type of names)
      add(type, [...place, 'types'], { type, why, line, ...condition, lines: [], filter: whole });
  }
  for (const [type, it] of Object.entries(text.resources ?? {})) {
    const place: Path = [...at, 'resources', type];
    if (isResource(c, file, type, place)) add(type, place, compileTypeText(c, file, name, type, it, place));
  }
  const within = text.within && sameAs(c, file, text.within, name, [...at, 'within']);
  return messageOf(name, text.why, types, within);
}

function compileTypeText(
  c: Compilation,
  file: CheckedProjection,
  message: MessageName,
  type: string,
  text: TypeText,
  place: Path,
): TypeProjection | undefined {
  const condition = onlyOf(c, file, text.only, place);
  const same = text['same-as'];
  if (same) {
    const found = sameAs(c, file, same, message, [...place, 'same-as'])?.types.get(type);
    if (!found) reportUnresolved(c, file, same, message, [...place, 'same-as']);
    return found && { ...found, why: text.why, ...condition };
  }
  const lines = (text.lines ?? []).flatMap((line, index) => lineOf(c, file, line, [...place, 'lines', index]));
  const { node, issues } = compileType({
    type,
    lines,
    everywhere: everywhereOf(c, file),
    at: { file: file.file, place: file.placeOf(place) },
    ...(c.systems ? { systems: c.systems } : {}),
  });
  c.issues.push(...issues);
  const only = text.only === undefined ? {} : { when: text.only };
  const line = placed(file, { allow: type, why: text.why, ...only }, place);
  return { type, why: text.why, line, ...condition, node, lines, filter: filterOf(node) };
}

function lineOf(c: Compilation, file: CheckedProjection, line: LineText, path: Path): Line[] {
  const place = file.placeOf(path);
  if ((line.allow === undefined) === (line.withhold === undefined)) {
    c.issues.push(issue('config-value-invalid', { file: file.file, path: 'line', wanted: 'allow | withhold' }, place));
    return [];
  }
  return [placed(file, line, path)];
}

const placed = ({ file, placeOf }: CheckedProjection, text: LineText, path: Path): Line => ({
  ...text,
  file,
  place: placeOf(path),
  key: pathText(path),
});

function everywhereOf(c: Compilation, file: CheckedProjection): Everywhere {
  const known = c.everywhere.get(file);
  if (known) return known;
  const linesOf = (part: 'resource' | 'element', type: string) =>
    new Map(
      (file.value.everywhere?.[part] ?? []).flatMap((text, index) => {
        const line = placed(file, text, ['everywhere', part, index]);
        const { place } = line;
        const elements = typeModel(type)?.elements;
        return namesOf(text.withhold).map((name) => {
          if (name !== '_*' && !elements?.has(name))
            c.issues.push(
              issue(
                'projection-path-unknown',
                {
                  file: file.file,
                  path: name,
                  nearest: nearestName(name, [...(elements?.keys() ?? [])]) ?? [...(elements?.keys() ?? [])].join(', '),
                },
                place,
              ),
            );
          return [name, line] as const;
        });
      }),
    );
  const found = { resource: linesOf('resource', 'DomainResource'), element: linesOf('element', 'BackboneElement') };
  c.everywhere.set(file, found);
  return found;
}

function sameAs(
  c: Compilation,
  file: CheckedProjection,
  { recipient = file.value.recipient, message }: SameAs,
  name: MessageName,
  path: Path,
): MessageProjection | undefined {
  const found = compiledMessage(c, recipient, file.value.phase, (message ?? name) as MessageName);
  if (!found) reportUnresolved(c, file, { recipient, ...(message ? { message } : {}) }, name, path);
  return found;
}

function reportUnresolved(
  c: Compilation,
  file: CheckedProjection,
  { recipient, message }: SameAs,
  name: string,
  path: Path,
): void {
  const target = [recipient, file.value.phase, message ?? name].filter(Boolean).join(' ');
  c.issues.push(issue('projection-same-unresolved', { file: file.file, target }, file.placeOf(path)));
}

function onlyOf(
  c: Compilation,
  file: CheckedProjection,
  only: string | undefined,
  path: Path,
): Pick<TypeProjection, 'only'> {
  if (only === undefined) return {};
  const condition = conditionOf(only);
  if (condition) return { only: { words: only, condition } };
  c.issues.push(unknownCondition({ file: file.file, place: file.placeOf([...path, 'only']) }, only));
  return {};
}

function isResource(c: Compilation, file: CheckedProjection, type: string, path: Path): boolean {
  if (typeModel(type)?.kind === 'resource') return true;
  const known = typeNames().filter((it) => isA(it, 'Resource'));
  const nearest = nearestName(type, known) ?? 'Task, ServiceRequest, Patient';
  c.issues.push(issue('projection-path-unknown', { file: file.file, path: type, nearest }, file.placeOf(path)));
  return false;
}
