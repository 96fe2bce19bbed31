/** An error as plain data: a clone of an Error loses `code` and `errcode`, by which a full disk is recognised. */
export type FaultData = {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  /** SQLite's result code. */
  readonly errcode?: number;
};

export function faultData(fault: unknown): FaultData {
  if (!(fault instanceof Error)) return { name: 'Error', message: String(fault) };
  const { name, message, stack } = fault;
  const { code, errcode } = fault as { readonly code?: unknown; readonly errcode?: unknown };
  return {
    name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof errcode === 'number' ? { errcode } : {}),
  };
}

/** The error again, with the stack of where it happened. */
export const faultFrom = ({ message, ...properties }: FaultData): Error =>
  Object.defineProperties(
    new Error(message),
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, { value, configurable: true, writable: true }]),
    ),
  );
