/** Stops requests to an unavailable server, so that callers do not wait for its timeouts. */
export type CircuitBreaker = {
  readonly isOpen: () => boolean;
  /** Whether a request may be sent now: always while closed; after the pause one at a time, as a probe. */
  readonly tryRequest: () => boolean;
  /** Call one of these three after every `tryRequest` that returned true. */
  readonly succeeded: () => void;
  readonly failed: () => void;
  /** The request ended without evidence about the server. */
  readonly inconclusive: () => void;
};

type Settings = {
  readonly failures: number;
  readonly pause: number;
  readonly now: () => number;
  readonly notify: (state: 'away' | 'back') => void;
};

/** Opens after `failures` failures in a row; after `pause` milliseconds one probe decides whether it closes. */
export function circuitBreaker({ failures, pause, now, notify }: Settings): CircuitBreaker {
  let inARow = 0;
  let until: number | undefined;
  let probing = false;
  return {
    isOpen: () => until !== undefined && (probing || now() < until),
    tryRequest: () => {
      if (until === undefined) return true;
      if (probing || now() < until) return false;
      probing = true;
      return true;
    },
    succeeded: () => {
      inARow = 0;
      probing = false;
      if (until === undefined) return;
      until = undefined;
      notify('back');
    },
    failed: () => {
      probing = false;
      inARow++;
      if (inARow < failures) return;
      const wasOpen = until !== undefined;
      until = now() + pause;
      if (!wasOpen) notify('away');
    },
    inconclusive: () => {
      probing = false;
    },
  };
}
