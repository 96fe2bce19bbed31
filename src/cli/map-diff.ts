import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ParseError } from '../fhir/parse-error.ts';
import type { CompiledMap, RunResult } from '../mapping/index.ts';
import { readInput } from './map-input.ts';

/** Differences between two outputs for one input: places and rules, never values, since the input may be a real message. */
export type MapDifference = {
  readonly file: string;
  /** `+` added, `-` removed, `~` changed. */
  readonly changes: readonly string[];
};

/** The files of a folder that a map can read, subfolders included. */
export const corpusFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:json|xml|hl7|er7)$/.test(name) && !/(?:^|\/)expected/.test(name))
    .sort()
    .map((name) => join(folder, name));

/** Runs both maps on each file; omits files with equal outputs and files that do not parse. */
export function diffMaps(before: CompiledMap, after: CompiledMap, files: readonly string[]): MapDifference[] {
  const now = new Date();
  return files.flatMap((file): MapDifference[] => {
    const input = inputOf(file, after);
    if (input === undefined) return [];
    const [old, fresh] = [before, after].map((map) => flatten(map.run(input, { seed: file, now })));
    const changes = [...new Set([...old!.keys(), ...fresh!.keys()])].sort().flatMap((place) => {
      if (!old!.has(place)) return [`+ ${place}`];
      if (!fresh!.has(place)) return [`- ${place}`];
      return old!.get(place) === fresh!.get(place) ? [] : [`~ ${place}`];
    });
    return changes.length > 0 ? [{ file, changes }] : [];
  });
}

function inputOf(file: string, map: CompiledMap): unknown {
  try {
    return readInput(file, map);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

/** The values of an output by path, and its issues. */
function flatten({ output, issues = [] }: RunResult): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) found.set(path, value);
    else
      for (const [key, member] of Object.entries(value))
        visit(member, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  };
  visit(output, (output as { resourceType?: string } | null)?.resourceType ?? '$this');
  for (const { rule, severity, expression } of issues)
    found.set(`${severity} ${rule}${expression ? ` at ${expression}` : ''}`, true);
  return found;
}
