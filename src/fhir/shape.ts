import { type Issue, issue } from './issue.ts';
import { shownName } from './parse-error.ts';
import type { Resource } from './resource.ts';
import { type XmlLayout, type XmlSlot, xmlLayout } from './xml-layout.ts';

/** A step of the path to a value: printed only when something is wrong. */
type Path = { readonly before: Path | undefined; readonly name: string; readonly index: number };

type Finding = (rule: 'array-required' | 'array-not-allowed' | 'json-type-mismatch', expected?: string) => Issue;

/** More findings than a sender reads, and less than a hostile message costs. */
const maximumFindings = 100;

/**
 * Where the JSON of a resource has another shape than its base type: an array where an object belongs, an object where a
 * string belongs. Code that reads a resource without these findings can depend on its TypeScript type, except for what is
 * required and for elements that R4 does not have; both are for the validator to report. Linear, and far cheaper than the
 * validator, because every body passes through here.
 */
export function shapeIssues(resource: Resource): readonly Issue[] {
  const issues: Issue[] = [];
  checkResource(resource, undefined, issues);
  return issues;
}

function checkResource(value: unknown, path: Path | undefined, issues: Issue[]): void {
  const type = isObject(value) ? value.resourceType : undefined;
  if (typeof type !== 'string') {
    report(issues, issue('not-a-resource', {}, { expression: textOf(path) }));
    return;
  }
  const layout = xmlLayout(type);
  // The validator reports a type that R4 does not have.
  if (layout) checkObject(value as Elements, layout, path ?? { before: undefined, name: type, index: -1 }, issues);
}

type Elements = Readonly<Record<string, unknown>>;

function checkObject(object: Elements, layout: XmlLayout, path: Path, issues: Issue[]): void {
  for (const key in object) {
    const value = object[key];
    const slot = layout.slots.get(key);
    if (slot === undefined) {
      if (key.charCodeAt(0) === 0x5f) checkBeside(value, key, layout, path, issues);
      continue;
    }
    // Most values by far.
    if (typeof value === 'string' && !slot.element.array && slot.json === 'string') continue;
    if (value === undefined) continue;
    checkRepetition(value, slot, key, path, issues);
  }
}

/** `_birthDate`: id and extensions of a primitive (https://hl7.org/fhir/R4/json.html#primitive). */
function checkBeside(value: unknown, key: string, layout: XmlLayout, path: Path, issues: Issue[]): void {
  const slot = layout.slots.get(key.slice(1));
  if (slot && slot.content === 'primitive' && !slot.element.attribute)
    checkRepetition(value, { ...slot, content: 'complex', type: 'Element', json: 'object' }, key, path, issues);
}

function checkRepetition(value: unknown, slot: XmlSlot, key: string, path: Path, issues: Issue[]): void {
  if (!slot.element.array) {
    const here = { before: path, name: key, index: -1 };
    if (Array.isArray(value)) report(issues, finding(here, slot)('array-not-allowed'));
    else checkValue(value, slot, here, issues);
    return;
  }
  if (!Array.isArray(value)) {
    report(issues, finding({ before: path, name: key, index: -1 }, slot)('array-required'));
    return;
  }
  const items: readonly unknown[] = value;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (typeof item === 'string' && slot.json === 'string') continue;
    // A primitive without a value, or without anything beside it.
    if (item === null && (slot.content === 'primitive' || slot.type === 'Element')) continue;
    checkValue(item, slot, { before: path, name: key, index }, issues);
  }
}

function checkValue(value: unknown, slot: XmlSlot, path: Path, issues: Issue[]): void {
  if (slot.content === 'resource') checkResource(value, path, issues);
  else if (slot.json !== 'object') {
    if (typeof value !== slot.json) report(issues, finding(path, slot)('json-type-mismatch', examples[slot.json]));
  } else if (isObject(value)) checkObject(value, xmlLayout(slot.type)!, path, issues);
  else report(issues, finding(path, slot)('json-type-mismatch', examples.object));
}

const examples = { string: '"..."', number: '1', boolean: 'true', object: '{ ... }' } as const;

const finding =
  (path: Path, { type }: XmlSlot): Finding =>
  (rule, asked = '') => {
    const expression = textOf(path);
    return issue(rule, { element: expression.replace(/\[\d+\]/g, ''), type, asked }, { expression });
  };

function report(issues: Issue[], found: Issue): void {
  if (issues.length < maximumFindings) issues.push(found);
}

function textOf(path: Path | undefined): string {
  const steps: string[] = [];
  for (let it = path; it; it = it.before)
    steps.push(it.index < 0 ? shownName(it.name) : `${shownName(it.name)}[${it.index}]`);
  return steps.reverse().join('.');
}

const isObject = (value: unknown): value is Elements =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
