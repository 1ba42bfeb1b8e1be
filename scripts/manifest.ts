import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * What oclif.manifest.json must say of the built commands, so that none is loaded to find another.
 * As the tool oclif writes it, without its hundreds of packages.
 */
export async function manifestText(root: string = ROOT): Promise<string> {
  const plugin = new Plugin({
    errorOnManifestCreate: true,
    ignoreManifest: true,
    respectNoCacheDefault: true,
    root,
    type: 'core',
  });
  await plugin.load();
  return `${JSON.stringify(plugin.manifest, null, 2)}\n`;
}
