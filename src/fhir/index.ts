/**
 * mgn-gateway/fhir: lossless reading and writing of FHIR R4 resources in JSON and XML, without I/O.
 *
 *     const resource = parseXml(text); // throws ParseError: line, column, rule, issues
 *     writeJson(resource); // decimals retain their digits
 */
export { clone } from './clone.ts';
export { decimalText } from './decimal.ts';
export { type Issue, issue, type RuleCode, type Severity } from './issue.ts';
export { parseJson, writeJson } from './json.ts';
export { locate, locator } from './locate.ts';
export { operationOutcome } from './outcome.ts';
export { type Limits, type Location, ParseError } from './parse-error.ts';
export { type ParsedReference, parseReference } from './reference.ts';
export { isType, type Resource, type ResourceOf } from './resource.ts';
export { parseXml, readXml, writeXml } from './xml.ts';
