import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { faultOf } from '../../src/main/log.ts';

const secret = 'Jan Proefpersoon 999901102';

/** An error as JSON.parse makes it: its message quotes what was read, line breaks and all. */
const quoting = (text: string): Error => {
  try {
    JSON.parse(text);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was JSON');
};

test('a line of the log has nothing of the message of a fault, not where it looks like a place in the source', () => {
  const read = `{\n    at ${secret}`;
  const faults = [
    quoting(read),
    new Error(`of a person\n    at ${secret} (file.ts:1:1)`),
    new Error('outside', { cause: quoting(read) }),
    Object.assign(new Error(`x\n    at ${secret}`), { code: 'ERR_X' }),
  ];
  for (const fault of faults) {
    expect(JSON.stringify(faultOf(fault))).not.toContain('Proefpersoon');
    expect(faultOf(fault).frames.length, 'the places remain').toBeGreaterThan(0);
  }
});

test.each(['throw', 'reject'])('a fault that nothing caught (%s) ends the process without its message', async (how) => {
  const module = (name: string) =>
    JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/main', name)).href);
  const script = `
    import { endingWithLine } from ${module('last-words.ts')};
    import { openLog } from ${module('log.ts')};
    endingWithLine(openLog());
    const fault = () => JSON.parse('{"name": "${secret}"\\n    at ${secret}');
    setTimeout(${how === 'throw' ? 'fault' : 'async () => fault()'}, 0);
    setTimeout(() => {}, 60_000);
  `;
  const ended = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  expect('code' in ended && ended.code).toBe(1);
  expect(`${ended.stdout}${ended.stderr}`).not.toContain('Proefpersoon');
  expect(JSON.parse(ended.stdout)).toMatchObject({ step: 'process', outcome: 'ended', fault: { name: 'SyntaxError' } });
});
