/** Called often; `total` may be an estimate. */
export type Report = (phase: string, done: number, total: number) => void;

export const silence: Report = () => {};
