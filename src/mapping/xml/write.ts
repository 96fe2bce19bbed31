import { decimalText } from '../../fhir/decimal.ts';
import type { TypeModel } from '../../fhir/model.ts';
import { createdTypes } from '../run/created-types.ts';
import type { Node } from '../run/node.ts';
import type { LogicalModel } from '../types/logical-model.ts';
import { shortName, type Types } from '../types/types.ts';

/**
 * XML of a logical model with a namespace, by the representations of its elements
 * (https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.representation): attribute, text, xsi:type;
 * an element without one has FHIR's own form, `<name value="..."/>`. Undefined for any other type.
 */
export function logicalXml({ value, type }: Node, types: Types): string | undefined {
  const logical = type === undefined ? undefined : types.logical(type);
  if (!logical?.namespace || type === undefined) return undefined;
  const body = element(logical.name, value, type, [], types, 0);
  const instance = body.includes(' xsi:type=') ? ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' : '';
  const start = `<${logical.name}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${start} xmlns="${attribute(logical.namespace)}"${instance}${body.slice(start.length)}\n`;
}

function element(
  name: string,
  value: unknown,
  type: string,
  attributes: readonly string[],
  types: Types,
  depth: number,
): string {
  const start = `<${[name, ...attributes].join(' ')}`;
  if (typeof value !== 'object' || value === null) return `${start} value="${attribute(String(value))}"/>`;
  const model = types.model(type);
  const representations = representationsOf(type, types);
  const own: string[] = [];
  const children: string[] = [];
  let content = '';
  for (const { of, name: member, key, type: memberType } of members(value as Record<string, unknown>, model)) {
    const how = representations.get(of) ?? [];
    for (const item of itemsOf(value, key)) {
      if (how.includes('xmlAttr')) own.push(`${member}="${attribute(String(item))}"`);
      else if (how.includes('xmlText')) content += text(String(item));
      else if (how.includes('xhtml')) content += String(item);
      else {
        const actual = (typeof item === 'object' && item !== null ? createdTypes.get(item) : undefined) ?? memberType;
        const typeAttribute = how.includes('typeAttr')
          ? [`xsi:type="${attribute(shortName(actual).replace(/^.*\./, ''))}"`]
          : [];
        children.push(element(member, item, actual, typeAttribute, types, depth + 1));
      }
    }
  }
  const opened = `<${[name, ...attributes, ...own].join(' ')}`;
  if (children.length === 0) return content ? `${opened}>${content}</${name}>` : `${opened}/>`;
  const indent = '\n'.padEnd(depth * 2 + 3);
  return `${opened}>${content}${children.map((child) => indent + child).join('')}${'\n'.padEnd(depth * 2 + 1)}</${name}>`;
}

/** The values of a property; a number as its text, with the digits that were written. */
function itemsOf(holder: object, key: string): readonly unknown[] {
  const value = (holder as Record<string, unknown>)[key];
  if (Array.isArray(value)) return value.map((item, at) => decimalText(value, at) ?? item);
  return value === undefined || value === null ? [] : [decimalText(holder, key) ?? value];
}

function representationsOf(type: string, types: Types): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const logical: LogicalModel | undefined = types.logical(type);
  for (const [name, how] of logical?.representations.get(type) ?? []) found.set(name, how);
  return found;
}

/** `of`: the element in the model; `name`: its name in XML, which for a choice ends with the type. */
type Member = { readonly of: string; readonly name: string; readonly key: string; readonly type: string };

/** The elements of a value in the order of the model, with their JSON property and type. */
function members(value: Record<string, unknown>, model: TypeModel | undefined): Member[] {
  const found: Member[] = [];
  for (const [key, { element, type }] of model?.properties ?? [])
    if (value[key] !== undefined)
      found.push({ of: element.name, name: element.choice ? key : element.name, key, type });
  return found;
}

const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
};
const attribute = (plain: string): string => plain.replace(/[&<>"\n\t\r]/g, (one) => marks[one]!);
const text = (plain: string): string => plain.replace(/[&<>\r]/g, (one) => marks[one]!);
