/** Writes completions/ from the built commands. Run with `npm run completions`, after a build. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { bashCompletion } from './completions/bash.js';
import { fishCompletion } from './completions/fish.js';
import { completedCommands } from './completions/model.js';
import { zshCompletion } from './completions/zsh.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const config = await Config.load({ root });
const commands = completedCommands(config.commands);
const folder = join(root, 'completions');

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'greyprobe.bash'), bashCompletion(commands));
writeFileSync(join(folder, '_greyprobe'), zshCompletion(commands));
writeFileSync(join(folder, 'greyprobe.fish'), fishCompletion(commands));
