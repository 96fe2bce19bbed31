import { parse, stringify } from 'yaml';
import { compileProjections, type Projections } from '../../../src/disclosure/index.ts';
import {
  type LineText,
  type MessageName,
  namesOf,
  type ProjectionFile,
} from '../../../src/disclosure/projection/file.ts';
import { projectionFilesIn } from '../../../src/main/projection-files.ts';
import { projectionFolder } from './projections.ts';

/** The projections of the product, with an element allowed as it is stored that a line withholds. */
export function projectionsThatAllow(file: string, message: MessageName, type: string, path: string): Projections {
  const texts = projectionFilesIn(projectionFolder).map((it) =>
    it.path.endsWith(`/${file}.yaml`) ? { ...it, text: allowing(it.text, message, type, path) } : it,
  );
  const compiled = compileProjections(texts);
  if (!compiled.ok) throw new Error(compiled.issues.map((it) => it.message).join('\n'));
  return compiled.value;
}

function allowing(text: string, message: MessageName, type: string, path: string): string {
  const file = parse(text) as ProjectionFile;
  const resource = file.messages[message]?.resources?.[type];
  const lines = (resource?.lines ?? []).flatMap((line): LineText[] => {
    const withheld = namesOf(line.withhold).filter((it) => it !== path);
    return line.withhold === undefined ? [line] : withheld.length ? [{ ...line, withhold: withheld }] : [];
  });
  Object.assign(resource ?? {}, {
    lines: [...lines, { allow: path, as: 'whole', why: { en: 'A mutation.', nl: 'Een wijziging.' } }],
  });
  return stringify(file);
}
