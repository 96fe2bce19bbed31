import { expect, test } from 'vitest';
import { admissionUpTo, backlogOf } from '../../src/main/admission.ts';

function admission(limit: number) {
  const state = { waiting: 0, counts: 0, at: 0 };
  const depth = async () => {
    state.counts += 1;
    return { waiting: state.waiting, dead: 0, recipients: [] };
  };
  const world = { now: () => new Date(state.at), newId: () => '' };
  return { state, ...admissionUpTo(limit, { depth }, world) };
}

test('a queue far from its limit is counted once a second', async () => {
  const { state, isOverloaded } = admission(100_000);
  for (let n = 0; n < 500; n++) expect(await isOverloaded()).toBe(false);
  expect(state.counts).toBe(1);
  state.at = 1_000;
  state.waiting = 100_001; // by another process
  expect(await isOverloaded()).toBe(true);
});

test('near its limit, or above it, it is counted at each message', async () => {
  const { state, isOverloaded } = admission(10);
  for (const waiting of [0, 10, 11, 12, 10]) {
    state.waiting = waiting;
    expect(await isOverloaded(), `${waiting}`).toBe(waiting > 10);
  }
  expect(state.counts).toBe(5);
});

test('messages since the count that could have filled it have it counted again; so does a clock set back', async () => {
  const { state, isOverloaded } = admission(1_000);
  for (let n = 0; n < 52; n++) await isOverloaded();
  expect(state.counts).toBe(2);
  state.at = -5;
  await isOverloaded();
  expect(state.counts).toBe(3);
});

test('the backlog of a partner that fails or is held counts for a tenth of the limit: nobody else is refused by it', () => {
  const depth = (...recipients: { waiting: number; failures?: number; isHeld?: true }[]) => ({
    waiting: recipients.reduce((sum, it) => sum + it.waiting, 0),
    dead: 0,
    recipients: recipients.map((it, n) => ({ recipient: `r${n}`, failures: 0, ...it })),
  });
  const limit = 1_000;
  expect(backlogOf(depth({ waiting: 5_000, failures: 3 }, { waiting: 50 }), limit)).toBe(150);
  expect(backlogOf(depth({ waiting: 5_000, isHeld: true }, { waiting: 50 }), limit)).toBe(150);
  expect(backlogOf(depth({ waiting: 20, failures: 3 }, { waiting: 50 }), limit)).toBe(70);
  // the gateway falls behind; ten partners are away; the disk has an end
  expect(backlogOf(depth({ waiting: 1_100 }), limit)).toBe(1_100);
  expect(backlogOf(depth(...Array.from({ length: 11 }, () => ({ waiting: 500, failures: 1 }))), limit)).toBe(1_100);
  expect(backlogOf(depth({ waiting: 10_001, failures: 3 }), limit)).toBe(10_001);
});
