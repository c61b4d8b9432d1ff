import { spawn } from 'node:child_process';

/** Kills what is still alive once its input closes, for whatever reason: a stopped process cannot end by itself. */
const REAPER = `
trap '' INT
alive=' '
while read -r sign pid; do
  case $sign in
    +) alive="$alive$pid " ;;
    -) alive="\${alive%% $pid *} \${alive#* $pid }" ;;
  esac
done
for pid in $alive; do kill -9 "$pid"; done 2>/dev/null
`;

export type Reaper = {
  /** From now on, the process does not outlive this one. */
  mind(pid: number): void;
  /** The process has ended; its number may be another's soon. */
  forget(pid: number): void;
  stop(): void;
};

export function startReaper(): Reaper {
  const shell = spawn('sh', ['-c', REAPER], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.stdin.on('error', () => {});
  return {
    mind: (pid) => void shell.stdin.write(`+ ${pid}\n`),
    forget: (pid) => void shell.stdin.write(`- ${pid}\n`),
    stop: () => void shell.stdin.end(),
  };
}
