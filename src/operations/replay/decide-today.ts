import { disclose, nobodyAsked, type OutsideConsent } from '../../disclosure/index.ts';
import { projectionContext } from '../../exchange/disclose/disclosures.ts';
import { askOutside } from '../../exchange/disclose/outside-consent.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';

type Asked = Pick<Parameters<typeof disclose>[0], 'graph' | 'recipient' | 'isSentTogether'> & {
  readonly sender: string;
};

/** What of a stored order its receiver gets by the grounds, consents and projections of today. */
export async function decideToday(gateway: Gateway, asked: Asked): Promise<ReturnType<typeof disclose>> {
  const { world, grounds } = gateway;
  const projection = projectionContext(gateway, asked.sender);
  const decide = (outside: OutsideConsent) =>
    disclose({ ...asked, purpose: 'referral', now: world.now(), grounds, outside, projection });
  return decide((await askOutside(gateway, decide)) ?? nobodyAsked);
}
