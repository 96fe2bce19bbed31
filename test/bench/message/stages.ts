import type { Profiler } from 'node:inspector';

/** The functions in which a step of src/exchange.ts spends its time, by file; the outermost on the stack counts. */
const stages: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['app.fetch', 'src/http/'],
  admit: ['admit src/exchange/pipeline/admit.ts'],
  parse: ['parseMessage '],
  recognise: ['recogniseForm '],
  'validate source': ['validateSentMessage ', 'validatedText '],
  map: ['toGraph ', 'notRetained '],
  'keys of the sender': ['senderKeysOf '],
  'look up': ['lookUp src/exchange/memory/'],
  adopt: ['adoptGraph '],
  'validate own': ['validateAdopted '],
  'check sender': ['checkSender ', 'legalBasisIssues '],
  'check, with what it looks up': [
    'open src/exchange/pipeline/kind.ts',
    'check src/exchange/',
    'lookUp src/exchange/referral/',
    'implausibleDates ',
  ],
  route: ['route src/exchange/', 'routed src/exchange/explain'],
  disclose: ['disclosures src/exchange/', 'disclosed src/exchange/explain'],
  'validate outgoing': ['validateOutgoing ', 'validated src/exchange/pipeline/validated.ts', 'judge.ts'],
  'plan of the commit': ['commitPlanOf '],
  dispatches: ['src/exchange/disclose/dispatch.ts'],
  'commit, without the store': ['storeCommit ', 'tryCommit ', 'acceptedLine '],
  'store (excluded)': ['src/store/'],
};

/** Microseconds a message of each stage, and of the functions that took most by themselves. */
export function byStage({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, messages: number) {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const stageOf = new Map<number, string>();
  for (const { id } of nodes) stageOf.set(id, outermost(id));
  const [times, own] = [new Map<string, number>(), new Map<string, number>()];
  const add = (to: Map<string, number>, name: string, time: number) => to.set(name, (to.get(name) ?? 0) + time);
  for (const [index, id] of samples.entries()) {
    add(times, stageOf.get(id) ?? 'other', (timeDeltas[index] ?? 0) / messages);
    add(own, names.get(id) ?? '', (timeDeltas[index] ?? 0) / messages);
  }
  return { times, own };

  function outermost(id: number): string {
    let found = 'other';
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const name = names.get(at) ?? '';
      if (name.includes('src/store/')) return 'store (excluded)';
      found = Object.keys(stages).find((stage) => stages[stage]!.some((it) => name.includes(it))) ?? found;
    }
    return found;
  }
}

const nameOf = ({ callFrame: { functionName, url, lineNumber } }: Profiler.ProfileNode): string =>
  `${functionName || '(anonymous)'} ${url.replace(/^.*\/(?=(?:src|node_modules|test)\/)/, '')}${lineNumber < 0 ? '' : `:${lineNumber + 1}`}`;
