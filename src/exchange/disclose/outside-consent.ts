import { asksOutside, type ConsentQuestion, type OutsideAnswer, type OutsideConsent } from '../../disclosure/index.ts';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import type { Memory } from '../memory/memory.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming, MessageKind } from '../pipeline/kind.ts';

type Asking = Pick<DecisionContext, 'grounds' | 'consentSource'>;

/**
 * The answers of the consent source to all questions that a decision asks. `decide` makes it once as if each were
 * permitted, to find the questions; with the answers it is made again. Undefined where no legal basis has to be asked:
 * then nothing is decided twice.
 */
export async function askOutside(
  asking: Asking,
  decide: (outside: OutsideConsent) => unknown,
): Promise<OutsideConsent | undefined> {
  if (!asksOutside(asking.grounds)) return undefined;
  const questions = new Map<string, ConsentQuestion>();
  await decide((question) => {
    questions.set(keyOf(question), question);
    return 'permit';
  });
  const answers = new Map<string, OutsideAnswer>();
  await Promise.all(
    [...questions].map(async ([key, question]) => answers.set(key, await asking.consentSource.ask(question))),
  );
  return (question) => answers.get(keyOf(question)) ?? 'undecided';
}

/** The questions of a new message: its check, route and disclosures, which store nothing. */
export const askForMessage = (
  memory: Memory,
  incoming: Incoming,
  context: DecisionContext,
  kind: MessageKind,
): Promise<OutsideConsent | undefined> =>
  askOutside(context, async (outside) => {
    const open = await kind.open(memory, incoming, { ...context, outside });
    const checked = open.check();
    const routed = checked.ok ? open.route(checked.value) : checked;
    if (routed.ok) routed.value.disclosures();
  });

const keyOf = ({ person, recipient, legalBasis, lifeDomains }: ConsentQuestion): string =>
  canonicalJson({ person, recipient: recipient.partner, legalBasis, lifeDomains });
