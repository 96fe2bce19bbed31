import type { Store } from '../../store/port.ts';

/** The store as one decision reads it: each question once, as what is stored may change between two answers. */
export function readOnce<T extends Pick<Store, 'read' | 'search' | 'vread'>>(store: T): T {
  const answers = new Map<string, Promise<unknown>>();
  const once = <Asked extends readonly unknown[], Answer>(name: string, ask: (...asked: Asked) => Promise<Answer>) =>
    ((...asked: Asked) => {
      const question = JSON.stringify([name, ...asked]);
      const known = answers.get(question) as Promise<Answer> | undefined;
      if (known) return known;
      const answer = ask(...asked);
      answers.set(question, answer);
      return answer;
    }) as (...asked: Asked) => Promise<Answer>;
  return {
    ...store,
    read: once('read', store.read),
    search: once('search', store.search),
    vread: once('vread', store.vread),
  };
}
