import { startNarrator } from './demo/narrator.ts';
import { setStage } from './demo/stage.ts';
import { playStory } from './demo/story.ts';
import { freePort } from './main/free-port.ts';

export type DemoOptions = {
  readonly exit: boolean;
  readonly port: number;
  readonly language: 'en' | 'nl';
  readonly print: (line: string) => void;
};

/**
 * Runs the story on a fresh store, with partner systems that receive over HTTP. Returns the exit code: 0 when every
 * check of the story passed, else 1. Without `exit` the gateway stays open until SIGINT or SIGTERM.
 */
export async function playDemo({ exit, port, language, print }: DemoOptions): Promise<number> {
  const stage = await setStage(await freePort(port));
  const narrator = startNarrator(language, print);
  try {
    await playStory(stage, narrator);
    if (!exit) {
      narrator.say(
        `The gateway stays open at ${stage.base} (tokens: examples/network/README.md; people log in at ${loginOf(stage.base)}). Stop it with Ctrl+C.`,
        `De gateway blijft open op ${stage.base} (tokens: examples/network/README.md; mensen loggen in op ${loginOf(stage.base)}). Stop met Ctrl+C.`,
      );
      await new Promise<void>((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
    }
  } finally {
    await stage.close();
  }
  return narrator.failures() === 0 ? 0 : 1;
}

const loginOf = (base: string): string => base.replace(/\/fhir$/, '/login');
