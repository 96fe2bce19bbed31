import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appointmentMoves, follows } from '../../src/workflow/appointments.ts';
import { businessStatuses } from '../../src/workflow/business-status.ts';
import { contradictions } from '../../src/workflow/companions.ts';
import { type Need, taskMoves } from '../../src/workflow/moves.ts';
import { orderMoves } from '../../src/workflow/order-moves.ts';
import { cancellationReasons, rejectionReasons } from '../../src/workflow/reasons.ts';

/** The tables of docs/guide/workflow.md, made from those of the code. `node test/workflow/tables.ts` writes them anew. */
const needs: Readonly<Record<Need, string>> = {
  'rejection-reason': 'statusReason: a reason of the owner',
  'failure-reason': 'statusReason: a reason of the owner',
  'cancellation-reason': 'statusReason: a reason of the requester',
  'any-reason': 'statusReason, coded or in words',
  outcome: 'an output, or business status first-contact-done or handed-over',
  fulfill: 'Task.code says fulfill',
  answer: 'Task.code says complete-questionnaire; an output: the QuestionnaireResponse',
  'accepted-abort': 'the owner agreed to a Task `abort` about this one',
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const tables: Readonly<Record<string, string>> = {
  tasks: table(
    ['rule', 'from', 'to', 'who', 'needs'],
    [
      ...taskMoves.map((it) => [
        it.rule,
        it.from.join(', '),
        it.to,
        it.actor,
        it.needs.map((need) => needs[need]).join('; ') || '-',
      ]),
      ['select', 'accepted', 'accepted', 'requester', 'Task.code says request-fulfillment; no other is selected'],
      ['tell', 'any that has not ended', 'the same', 'owner; requester', 'business status, output or notes change'],
    ],
  ),
  orders: table(
    ['rule', 'to', 'who', 'what follows'],
    orderMoves.map(({ rule, to, actor, effect }) => [rule, to, actor, effect]),
  ),
  'business-statuses': table(
    ['status', 'may stand beside it'],
    Object.entries(businessStatuses).flatMap(([status, codes]) => (codes.length ? [[status, codes.join(', ')]] : [])),
  ),
  reasons: table(
    ['who', 'statusReason'],
    [
      ['owner: rejected, failed', rejectionReasons.join(', ')],
      ['requester: cancelled', cancellationReasons.join(', ')],
    ],
  ),
  appointments: table(
    ['Appointment', 'may become', 'the Task says'],
    Object.entries(appointmentMoves).flatMap(([from, to]) =>
      to.length || from in follows ? [[from, to.join(', ') || '-', follows[from as keyof typeof follows] ?? '-']] : [],
    ),
  ),
  companions: table(
    ['the Task says', 'refused while'],
    contradictions.map(({ when, type, any, all }) => [
      when.status ?? when.businessStatus ?? '',
      `${any ? `an ${type} is` : `every ${type} is`} ${(any ?? all ?? []).join(', ')}`,
    ]),
  ),
};

export const place = join(import.meta.dirname, '../../docs/guide/workflow.md');

/** The text with each table between its marks. */
export const withTables = (text: string): string =>
  Object.entries(tables).reduce((made, [name, content]) => {
    const [start, end] = [`<!-- table ${name}, from the code -->\n`, `\n<!-- end of table ${name} -->`];
    const [from, until] = [made.indexOf(start), made.indexOf(end)];
    if (from < 0 || until < 0) throw new Error(`docs/guide/workflow.md has no place for the table ${name}`);
    return made.slice(0, from + start.length) + content + made.slice(until);
  }, text);

if (import.meta.main) writeFileSync(place, withTables(readFileSync(place, 'utf8')));
