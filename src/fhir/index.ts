/** mgn-gateway/fhir: the language of the gateway, without I/O. */
export { type Issue, issue, type RuleCode, type Severity } from './issue.ts';
export { isType, type Resource, type ResourceOf } from './resource.ts';
