import { randomUUID } from 'node:crypto';
import type { World } from '../world.ts';

export const world: World = { now: () => new Date(), newId: randomUUID };
