import type { PlacerSubscription } from '../../store/port.ts';
import { maximumEvents, type Notice, type Pull } from './notification.ts';

/** Upper bound on the requests for missed events after one notification; more are found by later ones. */
const maximumRequests = 10;

/**
 * Requests for the events that were missed: numbers between the latest known one and this notification. Without an
 * earlier notification, none is known to be missing.
 */
export function missedEvents({ subscription, numbers, total }: Notice, known: PlacerSubscription | undefined): Pull[] {
  if (!known || !subscription) return [];
  const arrived = new Set(numbers);
  const latest = Math.max(total ?? 0, ...numbers);
  const pulls: Pull[] = [];
  let since: number | undefined;
  const close = (until: number) => {
    if (since !== undefined) pulls.push({ subscription, since, until });
    since = undefined;
  };
  for (let number = known.events + 1; number <= latest && pulls.length < maximumRequests; number++) {
    if (arrived.has(number)) close(number - 1);
    else since ??= number;
    if (since !== undefined && number - since + 1 === maximumEvents) close(number);
  }
  if (pulls.length < maximumRequests) close(latest);
  return pulls;
}
