import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** A program and what it is given. */
export interface Opener {
  readonly program: string;
  readonly words: readonly string[];
}

/**
 * Shows a file by the program that the system has for it, and does not wait for that to end. Null, or in a
 * sentence what is in the way.
 */
export async function showFile(
  file: string,
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const opener = openerFor(resolve(file), platform, environment);
  return opener === null ? 'There is no display to show it on.' : started(opener);
}

/** How a file is shown here; null where nobody would see it: in CI, and without a display. Pure. */
export function openerFor(
  path: string,
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): Opener | null {
  if (isSet(environment['CI'])) return null;
  switch (platform) {
    case 'darwin':
      return { program: 'open', words: [path] };
    case 'win32':
      // `start` belongs to cmd.exe, which would read `&` and `%` in a path.
      return { program: 'rundll32', words: ['url.dll,FileProtocolHandler', path] };
    default: {
      const display = isSet(environment['DISPLAY']) || isSet(environment['WAYLAND_DISPLAY']);
      return display ? { program: 'xdg-open', words: [path] } : null;
    }
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

function started({ program, words }: Opener): Promise<string | null> {
  return new Promise((settle) => {
    const child = spawn(program, [...words], { stdio: 'ignore', detached: true });
    child.once('spawn', () => {
      child.unref();
      settle(null);
    });
    child.once('error', () => settle(`${program} cannot be run here.`));
  });
}
