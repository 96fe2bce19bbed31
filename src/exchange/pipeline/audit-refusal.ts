import type { Caller } from '../../access/index.ts';
import { type AuditedInteraction, auditEvent } from '../../audit/event.ts';
import { refusedLine } from '../../audit/message-line.ts';
import { catalogue } from '../../fhir/catalogue/index.ts';
import { isError, type RuleCode } from '../../fhir/issue.ts';
import { type AuditedRequest, agentOf, tracesOf } from '../reading/audited-request.ts';
import type { Answer } from './answer.ts';
import type { Gateway } from './gateway.ts';

/** What a refused request was about. Text that is not an id of the gateway could identify a person. */
const targetOf = (reference = ''): Pick<AuditedInteraction, 'references'> =>
  /^[A-Z][A-Za-z]+\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(reference) ? { references: [reference] } : {};

const isFault = (rule: RuleCode): boolean => ['internal', 'store-unavailable', 'store-damaged'].includes(rule);

const isLogin = (rule: RuleCode): boolean =>
  ['login', 'throttled'].includes(catalogue[rule].category) || rule === 'gateway-busy';

/** Returns the refusal after its audit event is stored. */
export type Refuse = (answer: Answer) => Promise<Answer>;

export const auditRefusal =
  (
    gateway: Gateway,
    envelope: AuditedRequest,
    interaction: string,
    action: AuditedInteraction['action'],
    partner?: Caller,
  ): Refuse =>
  async (answer) => {
    const issues = answer.kind === 'refused' ? answer.issues.filter(isError) : [];
    const [login] = partner ? [] : issues.filter(({ rule }) => isLogin(rule));
    // One event for the first; the next ones of this minute are counted.
    if (login && !gateway.refusedLogins.isFirst(envelope.address, login.rule, gateway.world.now())) return answer;
    const { steps } = answer;
    const step = steps.at(-1)?.step;
    const outcome = issues.some(({ rule }) => isFault(rule)) ? 'failed' : 'refused';
    const codes = [...new Set(issues.map(({ rule }) => rule))];
    const traces = tracesOf(envelope);
    // a refused read has an audit event, but is not a message
    if (action !== 'R') {
      const { reference, since } = envelope;
      const otherwise = login ? 'authenticate' : interaction;
      const line = {
        interaction,
        outcome,
        codes,
        steps,
        otherwise,
        ...(partner ? { partner: partner.id } : {}),
      } as const;
      gateway.log(refusedLine({ ...traces, reference, since }, line, performance.now()));
    }
    try {
      const event = auditEvent({
        id: gateway.world.newId(),
        at: gateway.world.now(),
        action,
        interaction,
        outcome,
        codes,
        ...(step ? { step } : {}),
        ...agentOf(partner),
        ...traces,
        ...targetOf(envelope.reference),
      });
      await gateway.store.appendAudit([event]);
    } catch (fault) {
      gateway.report(fault, 'audit');
    }
    return answer;
  };
