/**
 * A placer of orders that was written from the public guides alone (Twiin TA Workflow and notifications, HL7 Clinical
 * Order Workflows; guide.ts has each demand with its source), by someone who had not read this gateway. It shares no
 * code with it, and knows no code of its network. `single`, `multiple` and `cancel` send the Tasks to the gateway, or keep
 * them at the placer's own server; `pull` keeps them. A step that the guide has otherwise is reported, not adapted.
 */
import { multiple } from './bidding.ts';
import { cancel } from './cancel.ts';
import type { DemandId } from './guide.ts';
import type { Context } from './hosts.ts';
import { gatewayHost, placerHost } from './hosts.ts';
import type { Candidate, OrderInput } from './orders.ts';
import type { Report } from './report.ts';
import { newReport, printVerdict } from './report.ts';
import { single } from './scenarios.ts';
import { startPlacer, stopPlacer } from './server.ts';

export type Scenario = 'single' | 'multiple' | 'pull' | 'cancel';

export interface Options {
  gateway: string;
  token: string;
  listen: number;
  scenario: Scenario;
  /** Where multiple and cancel keep their Tasks; single is at the gateway and pull at the placer. */
  hosting: 'gateway' | 'placer';
  fulfillerTokens: string[];
  /** The token that a platform of all candidates uses at this placer; a candidate of its own has it with -1, -2. */
  accept: string;
  endpoint: string;
  publicBase?: string;
  /** Last part of the address for notifications that come in; random when absent. */
  notificationKey?: string;
  wait: number;
  heartbeat: number;
  topic: string;
  requesterUra: string;
  requesterName: string;
  identifierSystem: string;
  candidates: Candidate[];
  work: { system: string; code: string };
  activity: string;
  bsn: string;
  agreements?: OrderInput['agreements'];
  reasons?: OrderInput['reasons'];
  reasonsOnly?: boolean;
  print?: (line: string) => void;
}

export const DEFAULTS: Omit<Options, 'gateway' | 'token' | 'listen' | 'endpoint'> = {
  scenario: 'single',
  hosting: 'placer',
  fulfillerTokens: [],
  accept: 'placer-accepts-this',
  wait: 20,
  heartbeat: 3600,
  topic: 'https://example.org/fhir/SubscriptionTopic/transfer-of-care',
  requesterUra: '12345678',
  requesterName: 'Huisartsenpraktijk Voorbeeld (fictief)',
  identifierSystem: 'https://placer.example.org/task',
  candidates: [
    { system: 'https://fulfiller-a.example.org/healthcareservice', value: 'dienst-a', ura: '87654321' },
    { system: 'https://fulfiller-b.example.org/healthcareservice', value: 'dienst-b', ura: '11223344' },
  ],
  work: { system: 'http://snomed.info/sct', code: '308292007' },
  activity: 'https://example.org/fhir/ActivityDefinition/transfer-of-care',
  bsn: '999990019',
};

const ORDER: DemandId[] = ['order', 'requested', 'single'];
const KEPT_ELSEWHERE: DemandId[] = [
  'capability',
  'read',
  'search',
  'stale',
  'notUsed',
  'update',
  'subscription',
  'statusOperation',
  'subscriptionSearch',
  'notification',
];
const KEPT_HERE: DemandId[] = ['handshake', 'delivered', 'pulled', 'conditional', 'known'];
const BIDDING: DemandId[] = [
  'bid',
  'requested',
  'hidden',
  'noWork',
  'reserved',
  'accepted',
  'output',
  'select',
  'losers',
  'disclosed',
  'progress',
  'completed',
];
const ENDING: DemandId[] = ['cancel', 'abort', 'failed', 'withdraw', 'withdrawAnswer', 'accepted', 'progress'];

export function demandsOf(scenario: Scenario, hosting: 'gateway' | 'placer'): DemandId[] {
  const done: DemandId[] = ['accepted', 'progress', 'completed', 'rejected'];
  if (scenario === 'single') return [...ORDER, ...KEPT_ELSEWHERE, 'handshake', ...done];
  if (scenario === 'pull') return [...ORDER, ...KEPT_HERE, 'heartbeat', ...done];
  const place: DemandId[] =
    hosting === 'gateway' ? ['capability'] : scenario === 'multiple' ? KEPT_HERE : ['handshake'];
  if (scenario === 'multiple') return [...place, ...BIDDING];
  return [...ORDER, ...place, ...ENDING, ...(hosting === 'gateway' ? (['abortOnly', 'noDirect'] as DemandId[]) : [])];
}

/** Run one scenario; the report says what was met. */
export async function runScenario(options: Options): Promise<{ ok: boolean; report: Report }> {
  const services = options.candidates.map(({ system, value }) => `${system}|${value}`);
  const partners = options.candidates.map((candidate, index) => ({
    token: `${options.accept}-${index + 1}`,
    uras: [candidate.ura],
    services: [services[index]!],
  }));
  partners.push({ token: options.accept, uras: options.candidates.map((candidate) => candidate.ura), services });
  const placer = await startPlacer(
    options.listen,
    partners,
    options.token,
    options.publicBase,
    options.notificationKey,
  );
  const hosting = options.scenario === 'single' ? 'gateway' : options.scenario === 'pull' ? 'placer' : options.hosting;
  const report = newReport(`${options.scenario} (Tasks at the ${hosting})`, options.print);
  const context: Context = {
    gateway: { base: options.gateway.replace(/\/$/, ''), token: options.token },
    fulfillers: options.fulfillerTokens.map((token) => ({ base: options.gateway.replace(/\/$/, ''), token })),
    placer,
    input: {
      requesterUra: options.requesterUra,
      requesterName: options.requesterName,
      identifierSystem: options.identifierSystem,
      candidates: options.candidates,
      work: options.work,
      activity: options.activity,
      bsn: options.bsn,
      agreements: options.agreements,
      reasons: options.reasons,
      reasonsOnly: options.reasonsOnly,
    },
    topic: options.topic,
    endpoint: options.endpoint,
    heartbeat: options.heartbeat,
    wait: options.wait,
  };
  const host = hosting === 'gateway' ? gatewayHost(context) : placerHost(context);
  const run = { context, host, report };
  try {
    if (options.scenario === 'multiple') await multiple(run);
    else if (options.scenario === 'cancel') await cancel(run);
    else await single(run);
  } finally {
    await stopPlacer(placer);
  }
  return { ok: printVerdict(report, demandsOf(options.scenario, hosting)), report };
}
