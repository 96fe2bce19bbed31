import { createHash } from 'node:crypto';
import { StatementSync } from 'node:sqlite';
import { refusedLogins } from '../../../src/audit/refused-logins.ts';
import { newSigner } from '../../../src/audit/signed-head.ts';
import { recipientOf } from '../../../src/directory/index.ts';
import { bodyBudget } from '../../../src/exchange/reading/body-budget.ts';
import { success } from '../../../src/fhir/result.ts';
import { requestLimits } from '../../../src/http/limits/request-limits.ts';
import { prepareConfiguration } from '../../../src/main/in-force.ts';
import { silent } from '../../../src/main/log.ts';
import { openStore } from '../../../src/main/open-store.ts';
import type { Delivery } from '../../../src/store/port.ts';
import type { World } from '../../../src/world.ts';
import { demoConfiguration } from '../demo-configuration.ts';

/** A request of a partner; `body` an object is sent as FHIR JSON. */
export type Question = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string | object;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** All that reaches the one who asked, and how many statements of the store it took. */
export type Reply = {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
  readonly statements: number;
};

/**
 * One of two gateways that differ in nothing but a secret. Time and ids depend on the step alone, not on what went
 * before: what happened on one side only moves no id and no moment of what follows.
 */
export type Side = {
  readonly ask: (step: Step, as: string | undefined, question: Question) => Promise<Reply>;
  /** Delivers all that waits, to everybody: what the system of this partner received, in order, without the body of a pull. */
  readonly deliver: (step: Step, to: string) => Promise<readonly Delivered[]>;
  readonly party: (partner: string) => Party;
  /** References in the audit trail: everything that exists, whoever may read it. */
  readonly known: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

/** A delivery as its receiver gets it. */
export type Delivered = Pick<
  Delivery,
  'kind' | 'address' | 'body' | 'contentType' | 'requestId' | 'correlationId' | 'traceId'
>;

/** A partner in the directory: its services, and `system|value` of its identifiers. */
export type Party = { readonly services: readonly string[]; readonly identifiers: readonly string[] };

export type Step = { readonly name: string; readonly number: number };

const start = Date.parse('2026-11-30T10:00:00Z');

export async function openSide(): Promise<Side> {
  let step: Step = { name: 'start', number: 0 };
  let drawn = 0;
  const world: World = {
    now: () => new Date(start + step.number * 1_000),
    newId: () => idOf(`${step.name} ${drawn++}`),
  };
  const { network: demo } = await demoConfiguration();
  const configured = await demoConfiguration(
    Object.fromEntries([...demo.partners.keys()].map((it) => [it, addressOfSystem(it)])),
  );
  const opened = await openStore('sqlite::memory:');
  if (!opened.ok) throw new Error('no store');
  const store = { ...opened.value, keyFor: (purpose: string) => createHash('sha256').update(purpose).digest() };
  const log = silent;
  const inForce = await prepareConfiguration(
    { ...configured, world },
    {
      store,
      log,
      report: () => {},
      refusedLogins: refusedLogins(world),
      bodies: bodyBudget(),
      limits: requestLimits(() => step.number * 60_000),
      signer: newSigner(),
      waiting: 100_000,
      info: {
        version: '0',
        started: new Date(start),
        configuration: () => ({ refused: undefined, folders: undefined }),
        sets: { check: async () => success(undefined), follow: async () => {} },
      },
    },
  );
  return {
    ask: async (at, as, { method, path, body, contentType = 'application/fhir+json', headers = {} }) => {
      step = at;
      drawn = 0;
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const counter = countStatements();
      const answer = await inForce.answer(
        new Request(`http://localhost:8080${path}`, {
          method,
          headers: {
            ...(as ? { authorization: `Bearer demo-${as}` } : {}),
            ...(text === undefined ? {} : { 'content-type': contentType }),
            ...(method === 'GET' || method === 'HEAD' ? {} : { 'x-request-id': idOf(`request ${at.name}`) }),
            ...headers,
          },
          ...(text === undefined ? {} : { body: text }),
        }),
      );
      const told = await answer.text();
      return {
        status: answer.status,
        headers: JSON.stringify([...answer.headers].sort()),
        text: told,
        statements: counter.stop(),
      };
    },
    deliver: async (at, to) => {
      step = at;
      drawn = 0;
      const received: Delivered[] = [];
      for (let rounds = 0; rounds < 100; rounds++) {
        const wish = { worker: 'receiver', now: world.now(), lease: 60_000, recipients: 100, batch: 100 };
        const claims = await store.claim(wish);
        if (claims.length === 0) break;
        for (const claim of claims) {
          for (const it of claim.deliveries) {
            const { kind, address, body, contentType, requestId, correlationId, traceId } = it;
            if (claim.recipient === to)
              received.push({
                kind,
                body,
                contentType,
                requestId,
                traceId,
                ...(address ? { address } : {}),
                ...(correlationId ? { correlationId } : {}),
              });
            await store.complete(claim, it, { at: world.now(), status: 200, milliseconds: 1 });
          }
          await store.release(claim);
        }
      }
      return received;
    },
    party: (partner) => {
      const found = recipientOf(inForce.gateway.network, partner);
      return {
        services: (found?.references ?? []).filter((it) => it.startsWith('HealthcareService/')),
        identifiers: (found?.identifiers ?? []).flatMap(({ system, value }) => (value ? `${system}|${value}` : [])),
      };
    },
    known: async () => {
      const found = new Set<string>();
      for (let cursor: string | undefined; ; ) {
        const { items, next } = await store.audit({ count: 500, ...(cursor ? { cursor } : {}) });
        for (const { text } of items)
          for (const [, it] of text.matchAll(/"reference":"([A-Z]\w+\/[0-9a-f-]{36})"/g)) found.add(it!);
        if (!next) return [...found].sort();
        cursor = next;
      }
    },
    close: async () => {
      await inForce.close();
      await store.close();
    },
  };
}

/** Base of the FHIR server of a partner. */
export const addressOfSystem = (partner: string): string => `http://127.0.0.1:9/${partner}/fhir`;

/** An id in the form of the gateway's own. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Counts at the driver itself, which a cache of the gateway does not pass. */
function countStatements(): { readonly stop: () => number } {
  const { all, run } = StatementSync.prototype;
  let count = 0;
  const counting = (method: (...given: never[]) => unknown) =>
    function counted(this: StatementSync, ...given: never[]) {
      count++;
      return method.apply(this, given);
    };
  Object.assign(StatementSync.prototype, { all: counting(all), run: counting(run) });
  return {
    stop: () => {
      Object.assign(StatementSync.prototype, { all, run });
      return count;
    },
  };
}
