import { timeOrderedId, type World } from '../world.ts';

export const world: World = { now: () => new Date(), newId: () => timeOrderedId(Date.now()) };
