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
 * Plays the story on a fresh store with partner systems that really receive over HTTP. Answers the exit code: 0 when
 * everything ended as the story says. Without `exit` the gateway stays open until SIGINT.
 */
export async function playDemo({ exit, port, language, print }: DemoOptions): Promise<number> {
  const stage = await setStage(await freePort(port));
  const teller = startNarrator(language, print);
  try {
    await playStory(stage, teller);
    if (!exit) {
      teller.say(
        `The gateway stays open at ${stage.base} (tokens: examples/network/README.md). Stop it with Ctrl+C.`,
        `De gateway blijft open op ${stage.base} (tokens: examples/network/README.md). Stop met Ctrl+C.`,
      );
      await new Promise<void>((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
    }
  } finally {
    await stage.close();
  }
  return teller.failures() === 0 ? 0 : 1;
}
