export type Obj = Readonly<Record<string, unknown>>;

export const isObject = (it: unknown): it is Obj => typeof it === 'object' && it !== null && !Array.isArray(it);
