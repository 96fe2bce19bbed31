// A gateway allocates some MB a message, most of which is garbage before the next one. With a young generation of 64 MB
// little of it is copied: measured with `npm run bench`, less CPU a message. The threads of the store and of deliveries
// have so little in their old generation that V8 collects it, on all its background threads, for every 40 to 90 messages, as
// their buffers count in its limit: from 128 MB on it hardly does. V8 takes the sizes at its start only.

export const heapOptions = ['--max-semi-space-size=64', '--initial-old-space-size=128'];

/**
 * Starts Node anew in this process (same id, same terminal, same signals) with the sizes, unless whoever started it chose
 * one, in NODE_OPTIONS too, or the system has no execve (Windows): it then runs as it is.
 */
export function restartWithYoungHeap() {
  const chosen = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ').replaceAll('_', '-');
  const hasChosen = heapOptions.some((it) => chosen.includes(it.slice(0, it.indexOf('='))));
  // a channel to the process that forked this one does not survive
  if (hasChosen || process.channel || !process.execve) return;
  try {
    process.execve(
      process.execPath,
      [process.execPath, ...process.execArgv, ...heapOptions, ...process.argv.slice(1)],
      process.env,
    );
  } catch {
    // Not permitted, or not on this system.
  }
}
