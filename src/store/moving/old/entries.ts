import type { OldDispatch, OldEvent, OldMessage, OldRows, OldVersion } from './rows.ts';

/** What becomes one entry of the journal: a message with what it wrote, or rows of other commits. */
export type OldEntry = {
  readonly message?: OldMessage;
  readonly versions: readonly OldVersion[];
  readonly dispatches: readonly OldDispatch[];
  readonly events: readonly OldEvent[];
};

/** Of an entry without a message: rows, and characters of texts. */
const mostRows = 200;
const mostText = 400_000;

/**
 * The entries in their order. Each table stays in the order of its commits, so that dispatches are sent, resources were
 * created and audit events are listed in the order of before.
 */
export function* oldEntries({ messages, versions, dispatches, events }: OldRows): Generator<OldEntry> {
  for (const message of messages) {
    const { key } = message;
    const at = message.message.receivedAt.getTime();
    yield* others(
      () => versions.before(key, at),
      () => dispatches.before(key, at),
      () => events.before(key, at),
    );
    yield { message, versions: versions.of(key), dispatches: dispatches.of(key), events: events.of(key) };
  }
  yield* others(versions.next, dispatches.next, events.next);
}

/** Commits without a message, by time: rows of the same time come together. */
function* others(
  nextVersion: () => OldVersion | undefined,
  nextDispatch: () => OldDispatch | undefined,
  nextEvent: () => OldEvent | undefined,
): Generator<OldEntry> {
  let [version, dispatch, event] = [nextVersion(), nextDispatch(), nextEvent()];
  while (version || dispatch || event) {
    const entry = { versions: [] as OldVersion[], dispatches: [] as OldDispatch[], events: [] as OldEvent[] };
    for (let rows = 0, size = 0; rows < mostRows && size < mostText; rows++) {
      const first = earliest([version, dispatch, event]);
      if (first === undefined) break;
      if (first === version) {
        entry.versions.push(version);
        size += version.text.length;
        version = nextVersion();
      } else if (first === dispatch) {
        entry.dispatches.push(dispatch);
        size += dispatch.body.length;
        dispatch = nextDispatch();
      } else if (event) {
        entry.events.push(event);
        size += event.text.length;
        event = nextEvent();
      }
    }
    yield entry;
  }
}

/** Of rows of the same time the first in the list: a version before its dispatch, and that before its audit event. */
const earliest = (rows: readonly (OldVersion | OldDispatch | OldEvent | undefined)[]) =>
  rows.reduce((one, other) => (one === undefined || (other && other.at < one.at) ? other : one), undefined);
