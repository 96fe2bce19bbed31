import { uuid } from '../../exchange/reading/envelope.ts';
import { readHl7 } from '../../exchange/reading/hl7v2.ts';
import { headerOf } from '../../exchange/reading/message-response.ts';
import { identifierSystems } from '../../fhir/identifier.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { readXml } from '../../fhir/xml.ts';
import type { Hl7Part } from '../../mapping/index.ts';

/**
 * The body under names of its own: a gateway answers an order that its sender sent before with the first answer. Changes
 * the identifiers of orders and Tasks, the message id of HL7 v2, the id of a MessageHeader and the reference of a form. Text that is
 * no message at all stays as it is. `suffix`: eight hexadecimal digits.
 */
export function namedAnew(body: Buffer, contentType: string, suffix: string): Buffer {
  // bytes pass through Latin-1 unchanged, whatever their encoding
  const text = body.toString('latin1');
  const values = contentType.includes('hl7-v2') ? messageIdsIn(contentType, body) : namesIn(body.toString());
  const renamed = values.reduce((it, value) => it.replace(quoted(value), (found) => `${found}-${suffix}`), text);
  const header = headerIdIn(body.toString());
  const other = header && renamed.replaceAll(header, `${header.slice(0, -suffix.length)}${suffix}`);
  return Buffer.from(other ?? renamed, 'latin1');
}

/**
 * The same for a message that may have no name at all: a gateway recognises it by its content, so its order, or the form,
 * gets an identifier.
 */
export function namedForSure(body: Buffer, contentType: string, suffix: string): Buffer {
  const text = body.toString();
  if (contentType.includes('hl7-v2') || namesIn(text).length > 0 || headerIdIn(text))
    return namedAnew(body, contentType, suffix);
  const value = `play-${suffix}`;
  if (text.trimStart().startsWith('<')) {
    const identifier = `<identifier><system value="${ownSystem}"/><value value="${value}"/></identifier>`;
    return Buffer.from(text.replace(beforeStatus, (start) => `${start}${identifier}`));
  }
  const root = parsed(text);
  if (root && !root.resourceType) return Buffer.from(text.replace('{', `{"reference":"${value}",`));
  const identifier = JSON.stringify([{ system: ownSystem, value }]);
  return Buffer.from(
    text.replace(/"resourceType"\s*:\s*"ServiceRequest"/, (type) => `${type},"identifier":${identifier}`),
  );
}

const ownSystem = 'https://example.org/played-orders';

/** In XML an identifier comes before these elements of a ServiceRequest. */
const beforeStatus = /<ServiceRequest\b[\s\S]*?(?=<(?:instantiates\w+|basedOn|replaces|requisition|status)\b)/;

/** The value as a whole attribute, property, field, or token of ifNoneExist. */
const quoted = (value: string): RegExp => {
  const inLatin1 = Buffer.from(value).toString('latin1');
  return new RegExp(`(?<=["|^])${inLatin1.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=["|^&])`, 'g');
};

function messageIdsIn(contentType: string, body: Buffer): readonly string[] {
  const read = readHl7(contentType, body);
  const id = read.ok ? (read.value.message.MSH as Hl7Part).messageControlId : undefined;
  return typeof id === 'string' ? [id, `V-${id}`] : [];
}

function namesIn(text: string): readonly string[] {
  const root = parsed(text);
  if (!root) return [];
  if (!root.resourceType) {
    const { reference } = root as unknown as { readonly reference?: unknown };
    return typeof reference === 'string' ? [reference] : [];
  }
  const resources = isType(root, 'Bundle') ? (root.entry ?? []).map((it) => it?.resource) : [root];
  return [...new Set(resources.flatMap((it) => namesOf(it as Resource | undefined)))];
}

/** Id of the MessageHeader, a UUID: the suffix takes the place of its end. */
function headerIdIn(text: string): string | undefined {
  const root = parsed(text);
  const header = isType(root, 'Bundle') ? headerOf(root)?.id : undefined;
  return header && uuid.test(header) ? header : undefined;
}

function namesOf(resource: Resource | undefined): readonly string[] {
  if (!isType(resource, 'Task') && !isType(resource, 'ServiceRequest')) return [];
  const { identifier } = resource;
  return Array.isArray(identifier)
    ? identifier.flatMap(({ system, value }) => (value && system !== identifierSystems.bsn ? [value] : []))
    : [];
}

function parsed(text: string): Resource | undefined {
  try {
    return text.trimStart().startsWith('<') ? (readXml(text).resource as Resource) : (JSON.parse(text) as Resource);
  } catch {
    return undefined;
  }
}
