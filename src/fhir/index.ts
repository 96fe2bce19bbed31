/** mgn-gateway/fhir: the language of the gateway, without I/O. */
export { type Issue, issue, type RuleCode, type Severity } from './issue.ts';
export { type Limits, type Location, ParseError } from './parse-error.ts';
export { isType, type Resource, type ResourceOf } from './resource.ts';
