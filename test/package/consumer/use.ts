import { type Issue, isType, parseJson, type Resource, writeJson } from 'mgn-gateway/fhir';
import { compile, type Environment } from 'mgn-gateway/fhirpath';
import { compileMap, type RunResult } from 'mgn-gateway/mapping';
import { openValidator, type Report } from 'mgn-gateway/validation';

const resource: Resource = parseJson('{"resourceType":"Patient"}');
export const birthDate: string | undefined = isType(resource, 'Patient') ? resource.birthDate : undefined;
const report: Report = (await openValidator()).validate(resource);
export const issues: readonly Issue[] = report.issues;
const environment: Environment = { now: new Date(0) };
export const values: unknown[] = compile('now()')(resource, environment);
// @ts-expect-error: the types are there, and not any
export const count: number = compile('now()')(resource);
export const result: RunResult = compileMap([{ path: 'm.fml', text: '' }]).run(resource);
export const text: string = writeJson(resource);
