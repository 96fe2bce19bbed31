import type { DeliveryLine } from '../../delivery/settings.ts';
import type { PartnerId } from '../../store/port.ts';
import type { Standing } from './standing.ts';

/** Names that no machine has (https://www.rfc-editor.org/rfc/rfc2606, https://www.rfc-editor.org/rfc/rfc6761). */
const reserved = /(^|\.)(example|invalid|test|example\.(com|net|org))$/;

const isFictive = (url: string): boolean => reserved.test(URL.parse(url)?.hostname.toLowerCase() ?? '');

/** Whether a partner can never be reached: each of its addresses is a name that is reserved for examples. */
const isUnreachable = ({ partners }: Standing, recipient: PartnerId | undefined): boolean => {
  const addresses = recipient === undefined ? [] : (partners.get(recipient)?.addresses ?? []);
  return addresses.length > 0 && addresses.every(({ url }) => isFictive(url));
};

/**
 * Attempts at a partner whose address is an example, as in the demo network, are reported once and not at each retry: nobody can
 * mend them, and they hide those that somebody can.
 */
export function withoutFictive(
  standing: () => Standing,
  log: { readonly info: (line: DeliveryLine) => void; readonly error: (line: DeliveryLine) => void },
): (line: DeliveryLine) => void {
  const reported = new Set<PartnerId>();
  return (line) => {
    const { outcome, recipient } = line;
    if (outcome === 'delivered' || outcome === 'withdrawn') return log.info(line);
    if (outcome !== 'retry' || !isUnreachable(standing(), recipient)) return log.error(line);
    if (recipient === undefined || reported.has(recipient)) return;
    reported.add(recipient);
    log.info({
      ...line,
      because: `${line.because ?? ''}; its address is an example: deliveries to it wait, and this is not repeated`,
    });
  };
}
