/** Keeps a server that is away from being asked, and from slowing who asks. */
export type Circuit = {
  readonly isOpen: () => boolean;
  /** Whether one may try now: always while all is well; one at a time, as a probe, once the rest is over. */
  readonly mayTry: () => boolean;
  /** Every `mayTry` that said yes is ended by one of these three. */
  readonly wentWell: () => void;
  readonly failed: () => void;
  /** It ended in a way that says nothing about the server. */
  readonly ended: () => void;
};

type Settings = {
  readonly failures: number;
  readonly rest: number;
  readonly now: () => number;
  readonly tell: (state: 'away' | 'back') => void;
};

/** Opens after so many failures in a row; after its rest one probe decides whether it closes. */
export function circuitOf({ failures, rest, now, tell }: Settings): Circuit {
  let inARow = 0;
  let until: number | undefined;
  let probing = false;
  return {
    isOpen: () => until !== undefined && (probing || now() < until),
    mayTry: () => {
      if (until === undefined) return true;
      if (probing || now() < until) return false;
      probing = true;
      return true;
    },
    wentWell: () => {
      inARow = 0;
      probing = false;
      if (until === undefined) return;
      until = undefined;
      tell('back');
    },
    failed: () => {
      probing = false;
      inARow++;
      if (inARow < failures) return;
      const wasOpen = until !== undefined;
      until = now() + rest;
      if (!wasOpen) tell('away');
    },
    ended: () => {
      probing = false;
    },
  };
}
