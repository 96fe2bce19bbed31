export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (it: unknown): it is JsonObject => typeof it === 'object' && it !== null && !Array.isArray(it);
