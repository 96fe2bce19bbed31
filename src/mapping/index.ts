/**
 * mgn-gateway/mapping: the FHIR Mapping Language (https://hl7.org/fhir/mapping-language.html; guide hl7.fhir.uv.fml 0.1.0,
 * https://build.fhir.org/ig/HL7/mapping-language-ig/). A map is compiled once to JavaScript
 * (docs/decisions/0006-maps-become-code.md) and run for each message.
 *
 * The folders, lowest first; each imports only lower ones (test/architecture/mapping.test.ts): syntax (text to tree),
 * notation (FML and StructureMap), types, tables (of codes), hl7 (version 2), run (what a run needs), xml (of logical models),
 * program (what the compiler needs), generate (JavaScript), expression (FHIRPath in a map), transforms, compile.
 */
import type { StructureMap } from '@medplum/fhirtypes';
import { readOne } from './notation/read.ts';
import { toStructureMap } from './notation/structure-map.ts';

export type { CompileOptions } from './compile/options.ts';
export { type CompiledMap, compileMap } from './compiled-map.ts';
export type { RunOptions, RunResult } from './execute.ts';
export { linesOf as hl7Lines } from './hl7/lines.ts';
export type { Hl7Message } from './hl7/message.ts';
export {
  type Hl7Part,
  parseHl7,
  type ReadMessage as ReadHl7Message,
  readMessage as readHl7Message,
} from './hl7/parse.ts';
export { type Hl7Place, hl7Place } from './hl7/place.ts';
export { writeHl7 } from './hl7/write.ts';
export { formatMap } from './notation/format.ts';
export type { MapSource } from './notation/read.ts';
export type { UnmappedCode } from './run/run.ts';
export { explainOutput, outputOrigins, type Trace, type TraceElement } from './run/trace.ts';
export { describeProblem, MapError, type MapProblem, MapSyntaxError } from './syntax/problem.ts';
export { readTable } from './tables/csv.ts';
export type { Table } from './tables/table.ts';
export type { MapTerminology, MapValueSet } from './types/terminology.ts';

/**
 * Parses one map to an R4 StructureMap; features of later versions only (`let`, a second group) are stored in extensions.
 * Throws MapSyntaxError with every error, each with line, column and a suggestion where a word is close to a keyword.
 */
export const parseMap = (text: string, path: string): StructureMap => toStructureMap(readOne({ text, path }));
