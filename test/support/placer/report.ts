/** What was tried, what was expected, and what came back. */

import type { DemandId } from './guide.ts';
import { DEMANDS } from './guide.ts';

export interface Step {
  demand: DemandId;
  what: string;
  request: string;
  expected: string;
  status: number;
  ok: boolean;
  issues: string[];
}

export interface Report {
  scenario: string;
  steps: Step[];
  print: (line: string) => void;
}

export function newReport(scenario: string, print: (line: string) => void = console.log): Report {
  return { scenario, steps: [], print };
}

export function note(report: Report, step: Step): boolean {
  report.steps.push(step);
  report.print(`${step.ok ? 'ok  ' : 'FAIL'} [${step.demand}] ${step.what}`);
  report.print(
    `       ${step.request} -> ${step.status || 'no answer'}${step.ok ? '' : `   expected ${step.expected}`}`,
  );
  for (const issue of step.issues) report.print(`       - ${issue}`);
  return step.ok;
}

/** A demand is met when it was tried at least once and never failed. */
export function verdict(
  report: Report,
  demands: DemandId[],
): { met: DemandId[]; failed: DemandId[]; unseen: DemandId[] } {
  const seen = (demand: DemandId): Step[] => report.steps.filter((step) => step.demand === demand);
  const failed = [...new Set(report.steps.filter((step) => !step.ok).map((step) => step.demand))];
  const all = [...new Set([...demands, ...report.steps.map((step) => step.demand)])];
  return {
    met: all.filter((demand) => seen(demand).length > 0 && !failed.includes(demand)),
    failed,
    unseen: all.filter((demand) => seen(demand).length === 0),
  };
}

export function printVerdict(report: Report, demands: DemandId[]): boolean {
  const result = verdict(report, demands);
  report.print(
    `\n${report.scenario}: ${result.met.length} met, ${result.failed.length} failed, ${result.unseen.length} not seen`,
  );
  for (const demand of result.failed)
    report.print(`  failed   ${demand}: ${DEMANDS[demand].text}\n           ${DEMANDS[demand].source}`);
  for (const demand of result.unseen)
    report.print(`  not seen ${demand}: ${DEMANDS[demand].text}\n           ${DEMANDS[demand].source}`);
  return result.failed.length === 0 && result.unseen.length === 0;
}
