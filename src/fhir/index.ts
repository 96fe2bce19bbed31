/**
 * mgn-gateway/fhir: the language of the gateway, without I/O. FHIR R4 resources in JSON and XML, in and out, exactly:
 *
 *     const resource = parseXml(text); // throws ParseError: line, column, rule, issues
 *     writeJson(resource); // decimals keep their digits
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
