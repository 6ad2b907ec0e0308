import { type Options, SingleBar } from 'cli-progress';

/** Shows how far a task is. A task of nothing is not shown. */
export interface Progress {
  start(task: string, total: number): void;
  advance(count: number): void;
  stop(): void;
}

const PLAIN_STEPS = 5;

/** A bar on a terminal, a few plain lines elsewhere. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? createBar(stream) : createLines(stream);
}

function createBar(stream: NodeJS.WriteStream): Progress {
  const options: Options = {
    stream,
    format: '{task} {bar} {percentage}% | {value} of {total} | {eta_formatted} left',
    etaBuffer: 500,
    hideCursor: true,
    // The process has one owner of signals.
    gracefulExit: false,
  };
  let bar: SingleBar | undefined;
  return {
    start(task, total) {
      if (total === 0) return;
      bar = new SingleBar(options);
      bar.start(total, 0, { task });
    },
    advance: (count) => bar?.increment(count),
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function createLines(stream: NodeJS.WriteStream): Progress {
  let [task, total, value, shown] = ['', 0, 0, 0];
  return {
    start(name, count) {
      [task, total, value, shown] = [name, count, 0, 0];
      if (total > 0) stream.write(`${task}: ${total}\n`);
    },
    advance(count) {
      value += count;
      const step = Math.floor((value / total) * PLAIN_STEPS);
      if (step > shown) stream.write(`${task}: ${value} of ${total}\n`);
      shown = step;
    },
    stop() {},
  };
}
