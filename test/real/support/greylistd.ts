import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, startDaemon } from './daemon.js';
import { cached } from './remedies.js';
import { startInWorkspace } from './workspace.js';

export interface Greylistd extends Daemon {
  /** Where Exim asks it. */
  readonly socket: string;
}

/** Starts Debian's greylistd with an empty memory of its own. */
export async function startGreylistd(options: {
  readonly delaySeconds: number;
}): Promise<Greylistd> {
  let socket = '';
  const daemon = await startInWorkspace('greylistd', async (folder) => {
    socket = join(folder, 'socket');
    const file = join(folder, 'config');
    await writeFile(file, configuration(folder, socket, options.delaySeconds));
    return startDaemon({
      command: 'python3',
      args: [cached('greylistd/usr/sbin/greylistd'), file],
      ready: () =>
        access(socket).then(
          () => true,
          () => false,
        ),
    });
  });
  return { ...daemon, socket };
}

function configuration(folder: string, socket: string, delaySeconds: number): string {
  return `[timeouts]
retryMin = ${delaySeconds}
retryMax = 28800
expire = 86400
[socket]
path = ${socket}
owner = root:root
mode = 0666
[data]
update = 600
statefile = ${join(folder, 'states')}
tripletfile = ${join(folder, 'triplets')}
savetriplets = true
singlecheck = false
singleupdate = false
`;
}
