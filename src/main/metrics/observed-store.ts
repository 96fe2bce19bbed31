import type { Store } from '../../store/port.ts';
import { inSpan } from '../../tracing/index.ts';
import type { Metrics } from './metrics.ts';

/** The store with each commit in a span, and its duration measured: until it is on disk. */
export const observed = (store: Store, { commit: measured }: Pick<Metrics, 'commit'>): Store => ({
  ...store,
  commit: (commit) =>
    inSpan('store commit', {}, async (span) => {
      const since = performance.now();
      let result = 'fault';
      try {
        const committed = await store.commit(commit);
        result = committed.kind;
        return committed;
      } finally {
        measured(result, performance.now() - since);
        span.setAttribute('mgn.result', result);
        if (commit.message) span.setAttribute('mgn.trace_id', commit.message.traceId);
      }
    }),
});
