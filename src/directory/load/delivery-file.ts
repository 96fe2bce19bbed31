import type { PartnerDelivery } from '../network.ts';

/** `delivery` of a partner in partners.yaml, as written. A duration is `30s`, `10m`, `6h` or `2d`. */
export type DeliveryFile = {
  readonly 'timeout-seconds'?: number;
  readonly 'retry-after'?: readonly string[];
  readonly 'give-up-after'?: string;
  readonly 'quarantine-after'?: number;
  readonly maintenance?: readonly { readonly days: readonly string[]; readonly from: string; readonly to: string }[];
};

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const millisecondsOf = (text: string): number => Number(text.slice(0, -1)) * (units[text.slice(-1)] ?? 0);

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

export const deliveryOf = (it: DeliveryFile): PartnerDelivery => ({
  ...(it['timeout-seconds'] ? { timeout: it['timeout-seconds'] * 1_000 } : {}),
  ...(it['retry-after'] ? { schedule: it['retry-after'].map(millisecondsOf) } : {}),
  ...(it['give-up-after'] ? { maximumAge: millisecondsOf(it['give-up-after']) } : {}),
  ...(it['quarantine-after'] ? { quarantineAfter: it['quarantine-after'] } : {}),
  ...(it.maintenance
    ? {
        maintenance: it.maintenance.map((window) => ({
          days: window.days.map((day) => days.indexOf(day) + 1),
          from: minutesOf(window.from),
          to: minutesOf(window.to),
        })),
      }
    : {}),
});
