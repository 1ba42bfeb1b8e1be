import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, isListening, startDaemon } from './daemon.js';
import { freePort } from './free-port.js';
import { startRedis } from './redis.js';
import { giveTo } from './user.js';
import { startInWorkspace } from './workspace.js';

export interface Rspamd extends Daemon {
  /** Where it speaks the milter protocol. */
  readonly port: number;
}

const ADDRESS = '127.0.0.1';

/**
 * Starts rspamd with its greylisting module, which looks at whole messages, and a Redis for its
 * memory. Every message is taken for suspicious enough to be greylisted.
 */
export async function startRspamd(options: { readonly delaySeconds: number }): Promise<Rspamd> {
  const redis = await startRedis();
  const port = await freePort(ADDRESS);
  const daemon = await startInWorkspace('rspamd', async (folder) => {
    const state = join(folder, 'state');
    await mkdir(state);
    await giveTo('_rspamd', state);
    const file = join(folder, 'rspamd.conf');
    await writeFile(join(folder, 'suspicious.lua'), SUSPICIOUS);
    // Of the whole list of public suffixes it would make a machine for matching, for half a minute.
    await writeFile(join(folder, 'suffixes.dat'), 'example\n');
    await writeFile(file, configuration(folder, state, port, redis.port, options.delaySeconds));
    return startDaemon({
      command: '/usr/bin/rspamd',
      args: ['--no-fork', '--user=_rspamd', '--group=_rspamd', `--config=${file}`],
      ready: () => isListening(ADDRESS, port),
      readyWithinMs: 30_000,
    });
  });
  return {
    ...daemon,
    port,
    stop: async () => {
      await daemon.stop();
      await redis.stop();
    },
  };
}

/** A rule that fits every message. */
const SUSPICIOUS = `rspamd_config:register_symbol({
  name = 'SUSPICIOUS', score = 5.0, callback = function() return true end
})
`;

function configuration(
  folder: string,
  state: string,
  port: number,
  redisPort: number,
  delaySeconds: number,
): string {
  return `
options {
  pidfile = "${state}/rspamd.pid";
  filters = "";
  cache_file = "${state}/symbols.cache";
  history_file = "${state}/rspamd.history";
  stats_file = "${state}/stats.ucl";
  hs_cache_dir = "${state}/";
  url_tld = "${folder}/suffixes.dat";
  # Nothing is looked up.
  dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }
  # The clients of a test are on loopback and greylisted all the same.
  local_addrs = [];
  check_local = true;
}
logging { type = "console"; level = "info"; }
lua = "${folder}/suspicious.lua";
modules { path = "/usr/share/rspamd/plugins/greylist.lua"; }
redis { servers = "${ADDRESS}:${redisPort}"; }
actions { reject = 1000; add_header = 900; greylist = 4; }
greylist { timeout = ${delaySeconds}s; check_local = true; }
worker "rspamd_proxy" {
  bind_socket = "${ADDRESS}:${port}";
  milter = yes;
  timeout = 10s;
  count = 1;
  upstream "local" { default = yes; self_scan = yes; }
}
`;
}
