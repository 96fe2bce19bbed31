import type { Bundle, MessageHeader } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import type { SentMessage } from '../reading/sent-message.ts';

/** Elements of a MessageHeader that no receiver of the gateway gets: it writes a transaction of its own. */
const headerElements = ['reason', 'destination', 'responsible', 'author', 'enterer'] as const;

/**
 * Warnings about elements of the envelope that are stored with the message, but not delivered: `Bundle.identifier`, and
 * those of the MessageHeader. A destination that is this gateway is its address, and no loss.
 */
export function notRetained({ message }: SentMessage, base: string): Issue[] {
  if (!isType(message, 'Bundle')) return [];
  const { identifier, entry = [] }: Bundle = message;
  return [
    ...(identifier ? [warning('Bundle.identifier')] : []),
    ...(Array.isArray(entry) ? entry : []).flatMap((it, index) => {
      const resource: unknown = it?.resource;
      if (!isHeader(resource)) return [];
      return headerElements
        .filter((name) => resource[name] !== undefined && !(name === 'destination' && isHere(resource, base)))
        .map((name) => warning(`Bundle.entry[${index}].resource.${name}`));
    }),
  ];
}

const isHeader = (it: unknown): it is MessageHeader =>
  isType(it as { resourceType?: unknown } | undefined, 'MessageHeader');

const isHere = ({ destination }: MessageHeader, base: string): boolean =>
  Array.isArray(destination) &&
  destination.every(({ endpoint }) => typeof endpoint === 'string' && endpoint.startsWith(base));

const warning = (expression: string): Issue => issue('envelope-not-delivered', {}, { expression });
