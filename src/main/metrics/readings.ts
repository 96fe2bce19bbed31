import { Counter, Gauge, type Registry } from 'prom-client';
import type { SecondValidations } from '../../exchange/pipeline/gateway.ts';
import type { CertificateState } from '../../http/certificates.ts';
import type { ReplicatedSource } from '../../routing/index.ts';
import type { OutboxDepth } from '../../store/port.ts';
import type { LoopDelay } from './event-loop.ts';
import { partnerLabel } from './labels.ts';

/** What anybody may read. */
export type ScrapedOpen = { readonly now: Date; readonly certificates: CertificateState | undefined };

/** What is read when it is asked for. */
export type Scraped = ScrapedOpen & {
  /** Undefined when the store does not say. */
  readonly depth: OutboxDepth | undefined;
  readonly limit: number;
  readonly sources: readonly ReplicatedSource[];
  readonly secondValidations: SecondValidations | undefined;
  readonly loop: LoopDelay;
  readonly isBusy: boolean;
  readonly isOverloaded: boolean;
  /** Digest of the configuration in force. */
  readonly configuration: string;
  readonly isConfigurationRefused: boolean;
  /** Audit events that wait in memory for a store that cannot be written. */
  readonly heldAudit: number;
};

type More = { readonly partners: { has(id: string): boolean }; readonly deliveryDelay?: LoopDelay };

const seconds = (milliseconds: number): number => milliseconds / 1_000;

/** The metrics that are set from a reading. */
export function readingsIn(open: Registry, closed: Registry) {
  const gauge = <L extends string>(registry: Registry, name: string, help: string, ...labelNames: L[]): Gauge<L> =>
    new Gauge({ registers: [registry], name, help, labelNames });
  const own = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    gauge(closed, name, help, ...labelNames);

  const expiry = gauge(
    open,
    'mgn_certificate_expiry_timestamp_seconds',
    'When a certificate or a revocation list of the gateway ends.',
    'name',
  );
  const lists = gauge(
    open,
    'mgn_revocation_list_expiry_timestamp_seconds',
    'When a revocation list ends; each is replaced by itself.',
    'name',
  );
  const reload = gauge(
    open,
    'mgn_tls_reload_failed',
    'Whether certificates or revocation lists could not be read again.',
  );
  const time = gauge(open, 'mgn_time_seconds', 'Clock of the gateway.');

  const waiting = own('mgn_outbox_waiting', 'Deliveries that wait for a partner.', 'partner');
  const oldest = own(
    'mgn_outbox_oldest_age_seconds',
    'Age of the oldest delivery that waits for a partner.',
    'partner',
  );
  const dead = own('mgn_outbox_dead', 'Deliveries that were given up, and wait for an operator.');
  const limit = own('mgn_outbox_limit', 'Waiting deliveries above which messages are refused.');
  const failures = own(
    'mgn_recipient_failures',
    'Failed attempts in a row at a partner; 0 after a success.',
    'partner',
  );
  const paused = own('mgn_recipient_paused', 'Whether deliveries to a partner pause after failures.', 'partner');
  const directory = own(
    'mgn_directory_age_seconds',
    'Since a replicated directory was last read as a whole.',
    'source',
  );
  const delay = own(
    'mgn_event_loop_delay_seconds',
    'Turn of the event loop in which a request arrives, on average over 5 seconds.',
    'thread',
  );
  const longest = own('mgn_event_loop_delay_max_seconds', 'Longest turn of the last minute.', 'thread');
  const pressure = own(
    'mgn_backpressure',
    'Whether messages are refused, because answers would be late (event-loop) or too much waits (outbox).',
    'cause',
  );
  const readable = own('mgn_store_readable', 'Whether the store answered this reading in time.');
  const held = own('mgn_audit_events_held', 'Audit events in memory, since the store cannot be written.');
  const configuration = own('mgn_configuration_info', 'Configuration in force; always 1.', 'digest');
  const configurationRefused = own('mgn_configuration_refused', 'Whether an activated configuration is not in force.');
  const memory = own('process_resident_memory_bytes', 'Memory of the process.');
  const start = own('process_start_time_seconds', 'When the process started.');
  const validations = new Counter({
    registers: [closed],
    name: 'mgn_second_validations_total',
    help: 'Graphs not validated again (omitted), validated all the same as a sample (sampled), of those not conformant (differed).',
    labelNames: ['result'],
  });

  return {
    fillOpen: ({ now, certificates }: ScrapedOpen): void => {
      expiry.reset();
      lists.reset();
      for (const { name, expires, kind } of certificates?.expiries ?? []) {
        expiry.labels(name).set(seconds(expires.getTime()));
        if (kind === 'crl') lists.labels(name).set(seconds(expires.getTime()));
      }
      reload.set(certificates?.failed ? 1 : 0);
      time.set(seconds(now.getTime()));
    },
    fill: (it: Scraped, { partners, deliveryDelay }: More): void => {
      for (const each of [waiting, oldest, failures, paused, directory, delay, longest, configuration]) each.reset();
      validations.reset();
      for (const { recipient, waiting: count, oldest: at, failures: failed, notBefore } of it.depth?.recipients ?? []) {
        const partner = partnerLabel(recipient, partners);
        // several may share the label of what is not configured any more
        waiting.labels(partner).inc(count);
        oldest.labels(partner).set(at ? seconds(it.now.getTime() - at.getTime()) : 0);
        failures.labels(partner).set(failed);
        paused.labels(partner).set(notBefore && notBefore > it.now ? 1 : 0);
      }
      readable.set(it.depth ? 1 : 0);
      if (it.depth) dead.set(it.depth.dead);
      limit.set(it.limit);
      // never read: as old as can be, so that an alert on its age fires
      for (const { source, heardAt } of it.sources)
        directory
          .labels(source)
          .set(heardAt ? seconds(it.now.getTime() - Date.parse(heardAt)) : Number.POSITIVE_INFINITY);
      for (const [thread, of] of [['main', it.loop] as const, ['delivery', deliveryDelay] as const]) {
        if (!of) continue;
        delay.labels(thread).set(seconds(of.mean));
        longest.labels(thread).set(seconds(of.longest));
      }
      pressure.labels('event-loop').set(it.isBusy ? 1 : 0);
      pressure.labels('outbox').set(it.isOverloaded ? 1 : 0);
      held.set(it.heldAudit);
      configuration.labels(it.configuration).set(1);
      configurationRefused.set(it.isConfigurationRefused ? 1 : 0);
      memory.set(process.memoryUsage.rss());
      start.set(Math.round(seconds(performance.timeOrigin)));
      const { omitted = 0, sampled = 0, differed = 0 } = it.secondValidations ?? {};
      for (const [result, count] of Object.entries({ omitted, sampled, differed }))
        validations.labels(result).inc(count);
    },
  };
}
