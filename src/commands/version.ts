import { BaseCommand } from '../cli/oclif/base-command.js';
import type { VersionResult } from '../contract/version-result.js';

export default class Version extends BaseCommand {
  static override summary = 'Show the version of greyprobe and of what it runs on.';

  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ];

  async run(): Promise<VersionResult> {
    await this.parse(Version);
    if (!this.jsonEnabled()) this.log(this.config.userAgent);
    return {
      schema: 'greyprobe.version-result.v1',
      version: this.config.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    };
  }
}
