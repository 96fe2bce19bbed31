/**
 * The bytes of all request bodies that are being read or answered. One body is bounded by its own limit; a hundred senders
 * that hold theirs are bounded by this.
 */
export type BodyBudget = { readonly used: () => number; readonly open: (limits: BodyLimits) => BodyShare };

export type BodyLimits = { readonly allBodiesBytes: number; readonly bodySeconds: number };

/** What one request takes of the budget, from its first byte until it is answered. */
export type BodyShare = {
  /** Whether a body of this size fits now; it is not counted before it arrives. A body that is alone always fits. */
  readonly fits: (bytes: number) => boolean;
  /** Counts bytes that arrived; false when they no longer fit. */
  readonly take: (bytes: number) => boolean;
  readonly release: () => void;
  readonly seconds: number;
};

export function bodyBudget(): BodyBudget {
  let used = 0;
  return {
    used: () => used,
    open: ({ allBodiesBytes, bodySeconds }) => {
      let own = 0;
      const fits = (bytes: number) => used === own || used + bytes <= allBodiesBytes;
      return {
        fits,
        take: (bytes) => {
          if (!fits(bytes)) return false;
          used += bytes;
          own += bytes;
          return true;
        },
        release: () => {
          used -= own;
          own = 0;
        },
        seconds: bodySeconds,
      };
    },
  };
}
