import { kinds } from '../../exchange/kinds.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { CertificateState } from '../../http/certificates.ts';
import { type Metrics, openMetrics } from './metrics.ts';
import type { Scraped } from './readings.ts';

/** Milliseconds that the store gets to count what waits: a scraper goes away after ten seconds. */
const patience = 4_000;

type More = Pick<Scraped, 'loop' | 'isBusy' | 'isConfigurationRefused' | 'heldAudit'>;

export type MetricsOptions = {
  /** As it is at each count: the names that labels may have are those of its network. */
  readonly gateway: () => Gateway;
  readonly certificates?: (() => CertificateState) | undefined;
  readonly more?: () => More;
};

export const metricsOf = (version: string, { gateway, certificates, more = nothing }: MetricsOptions): Metrics => {
  const readOpen = () => ({ now: gateway().world.now(), certificates: certificates?.() });
  return openMetrics(
    version,
    {
      partners: () => gateway().network.partners,
      kinds,
      deliveredWithin: () => gateway().network.settings.monitoring.deliveredWithinMinutes * 60_000,
    },
    { readOpen, read: async () => ({ ...readOpen(), ...more(), ...(await readIn(gateway())) }) },
  );
};

const nothing = (): More => ({
  loop: { mean: 0, longest: 0 },
  isBusy: false,
  isConfigurationRefused: false,
  heldAudit: 0,
});

/** Never rejects: a store that is away is a finding, not a gap. */
async function readIn({ store, network, admission, configuration, secondValidations }: Gateway) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience);
  });
  const [depth, isOverloaded] = await Promise.all([
    Promise.race([store.depth().catch(() => undefined), late]),
    Promise.race([admission.isOverloaded().catch(() => false), late]),
  ]);
  clearTimeout(timer);
  return {
    depth,
    limit: admission.waiting,
    isOverloaded: isOverloaded === true,
    sources: network.directory.sources,
    secondValidations,
    configuration,
  };
}
